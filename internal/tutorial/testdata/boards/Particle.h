// As much of Device OS as the demo's program uses, so that a test can compile
// and run it on any machine. Time stands still unless run.cpp moves it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#define SYSTEM_THREAD(mode)
#define PRODUCT_VERSION(version) const int productVersion = (version)
#define HAL_PLATFORM_POWER_MANAGEMENT POWER

typedef unsigned long system_tick_t;
typedef uint64_t system_event_t;
typedef std::string String;

extern system_tick_t now;
inline system_tick_t millis() { return now; }
uint32_t HAL_RNG_GetRandomNumber();

enum LogLevel { LOG_LEVEL_INFO };
struct SerialLogHandler {
    explicit SerialLogHandler(LogLevel) {}
};
struct Logger {
    template <typename... A> void info(const char *format, A... a) { line("info", format, a...); }
    template <typename... A> void error(const char *format, A... a) { line("error", format, a...); }
    template <typename... A> void line(const char *level, const char *format, A... a) {
        printf("%s ", level);
        printf(format, a...);
        printf("\n");
    }
};
extern Logger Log;

const system_event_t button_click = 1;

struct SystemClass {
    void (*click)(system_event_t, int) = nullptr;
    void on(system_event_t, void (*handler)(system_event_t, int)) { click = handler; }
    String deviceID() { return "e00f00000000000000000001"; }
    int powerSource() { return 5; }
    float batteryCharge() { return 81.25f; }
};
extern SystemClass System;

struct CloudClass {
    bool online = false;
    void (*heard)(const char *, const char *) = nullptr;
    bool connected() { return online; }
    bool publish(const char *name, const char *data) { return printf("publish %s %s\n", name, data) > 0; }
    void variable(const char *name, int &value) { printf("variable %s %d\n", name, value); }
    void subscribe(const String &prefix, void (*handler)(const char *, const char *)) {
        printf("subscribe %s\n", prefix.c_str());
        heard = handler;
    }
};
extern CloudClass Particle;

// Writes JSON as the real one does: floating point with %g.
class JSONBufferWriter {
public:
    JSONBufferWriter(char *buffer, size_t size) : at(buffer), left(size) {}
    JSONBufferWriter &beginObject() { return put("{"); }
    JSONBufferWriter &endObject() { return put("}"); }
    JSONBufferWriter &name(const char *name) {
        if (members++) put(",");
        return put("\"").put(name).put("\":");
    }
    JSONBufferWriter &value(int v) { return put(std::to_string(v).c_str()); }
    JSONBufferWriter &value(double v) {
        char text[32];
        snprintf(text, sizeof(text), "%g", v);
        return put(text);
    }

private:
    JSONBufferWriter &put(const char *text) {
        size_t n = strlen(text);
        if (n > left) n = left;
        memcpy(at, text, n);
        at += n;
        left -= n;
        return *this;
    }
    char *at;
    size_t left;
    int members = 0;
};
