#include "Particle.h"
#include "memfault.h"

const unsigned long period = 60000; // milliseconds
unsigned long last = 0;
Memfault memfault;

void setup() {
}

void loop() {
    memfault.process(); // publishes "memfault-chunks" when there is something to say
    if (last == 0 || millis() - last >= period) {
        last = millis();
        Log.info("running");
    }
}
