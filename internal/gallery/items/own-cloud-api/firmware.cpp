#include "Particle.h"

bool asked = false;

void onAnswer(const char *event, const char *data) {
    Log.info("I am %s", data);
}

void setup() {
    Particle.subscribe(System.deviceID() + "/hook-response/whoami", onAnswer);
}

void loop() {
    if (Particle.connected() && !asked) {
        asked = true;
        Particle.publish("whoami", "");
    }
}
