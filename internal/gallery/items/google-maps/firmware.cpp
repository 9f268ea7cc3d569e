#include "Particle.h"
#include "google-maps-device-locator.h" // the library of that name

GoogleMapsDeviceLocator locator;

void onLocation(float lat, float lon, float accuracy) {
    Log.info("%f,%f within %f m", lat, lon, accuracy);
}

void setup() {
    // Publishes "deviceLocator" every hour, and listens to the answer.
    locator.withSubscribe(onLocation).withLocatePeriodic(3600);
}

void loop() {
    locator.loop();
}
