#include "Particle.h"

// Nothing is published here: the hub tells when the device comes and goes.

void setup() {
}

void loop() {
}
