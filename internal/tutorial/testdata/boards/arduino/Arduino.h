// As much of the Arduino core for ESP32 as the demo's program uses, so that a
// test can compile and run it on any machine. Requests are printed; a GET
// answers with a stream that holds one event.
#pragma once

#include <cstdio>
#include <cstring>
#include <string>

#define INPUT_PULLUP 1
#define LOW 0
#define WL_CONNECTED 3

class String : public std::string {
public:
    String(const char *s = "") : std::string(s) {}
    String(const std::string &s) : std::string(s) {}
    bool startsWith(const char *p) const { return rfind(p, 0) == 0; }
    void replace(const char *from, const char *to) {
        for (size_t at = 0; (at = find(from, at)) != npos; at += strlen(to)) std::string::replace(at, strlen(from), to);
    }
};

struct SerialPort {
    void begin(long) {}
    void println(const String &s) { printf("%s\n", s.c_str()); }
    template <typename... A> void printf(const char *format, A... a) { ::printf(format, a...); }
};
inline SerialPort Serial;

inline unsigned long now = 1000;
inline int button = 1, network = 0;
inline unsigned long millis() { return now; }
inline long random(long below) { return 7 % below; }
inline void pinMode(int, int) {}
inline int digitalRead(int) { return button; }

struct WiFiStation {
    void begin(const char *, const char *) {}
    int status() { return network; }
};
inline WiFiStation WiFi;

struct WiFiClient {
    std::string rest = ":ok\n\nevent: a/hook-response/WebhookDemo01/0\ndata: {}\n";
    bool connected() { return true; }
    int available() { return rest.size(); }
    int read() {
        int c = rest[0];
        rest.erase(0, 1);
        return c;
    }
};
struct WiFiClientSecure : WiFiClient {
    void setCACert(const char *) {}
};

class HTTPClient {
public:
    bool begin(WiFiClient &client, const String &url) {
        stream = &client;
        target = url;
        return true;
    }
    void addHeader(const char *name, const String &value) { target += String(" ") + name + "=" + value; }
    int POST(const String &body) { return printf("POST %s %s\n", target.c_str(), body.c_str()) > 0 ? 200 : -1; }
    int GET() { return printf("GET %s\n", target.c_str()) > 0 ? 200 : -1; }
    void useHTTP10(bool) {}
    void end() {}
    WiFiClient *getStreamPtr() { return stream; }

private:
    WiFiClient *stream = nullptr;
    String target;
};

void setup();
void loop();
