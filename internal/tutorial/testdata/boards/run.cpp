// Runs the demo's program for a while: offline, then online, five minutes on,
// a click, an answer.
#include "Particle.h"

system_tick_t now = 1000;
Logger Log;
SystemClass System;
CloudClass Particle;

void setup();
void loop();

uint32_t HAL_RNG_GetRandomNumber() {
    static uint32_t next = 1000007;
    return next += 1000000;
}

int main() {
    setup();
    loop();
    Particle.online = true;
    for (int i = 0; i < 3; i++) loop();
    now += 299999;
    loop();
    now += 1;
    loop();
    System.click(button_click, 1);
    loop();
    loop();
    Particle.heard("e00f00000000000000000001/hook-response/WebhookDemo01/0", "{\"ok\":true}");
    Particle.heard("e00f00000000000000000001/hook-response/WebhookDemo01/0", nullptr);
}
