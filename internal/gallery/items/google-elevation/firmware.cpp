#include "Particle.h"

bool asked = false;

void onElevation(const char *event, const char *data) {
    Log.info("%s metres above the sea", data);
}

void setup() {
    Particle.subscribe(System.deviceID() + "/hook-response/elevation", onElevation);
}

void loop() {
    if (Particle.connected() && !asked) {
        asked = true;
        Particle.publish("elevation", "{\"lat\":39.7391536,\"lng\":-104.9847034}");
    }
}
