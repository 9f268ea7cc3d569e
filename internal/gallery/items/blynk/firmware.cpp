#include "Particle.h"

const char token[] = "YOUR_BLYNK_DEVICE_TOKEN";
const unsigned long period = 60000; // milliseconds
unsigned long last = 0;

// Blynk can call this to switch the LED.
int blynkLed(String value) {
    digitalWrite(D7, value == "1" ? HIGH : LOW);
    return 1;
}

void setup() {
    pinMode(D7, OUTPUT);
    Particle.function("blynk_led", blynkLed);
}

void loop() {
    if (!Particle.connected() || (last != 0 && millis() - last < period)) {
        return;
    }
    last = millis();
    Particle.publish("blynk_https_get", String::format(
        "{\"t\":\"%s\",\"v14\":%lu,\"v15\":%.2f,\"v16\":%d,\"v17\":%d}",
        token, millis() / 1000, 20.0 + random(0, 50) / 10.0, (int)digitalRead(D7), 1));
}
