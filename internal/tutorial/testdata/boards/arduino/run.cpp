// Runs the demo's program for a while: offline, then online, five minutes on,
// the button held down.
#include "Arduino.h"

int main() {
    setup();
    loop();
    network = WL_CONNECTED;
    for (int i = 0; i < 3; i++) loop();
    now += 299999;
    loop();
    now += 1;
    loop();
    button = LOW;
    loop();
    loop();
}
