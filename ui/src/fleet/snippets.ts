export type SnippetKind = 'curl' | 'esp32' | 'python';

export const kinds: { value: SnippetKind; label: string }[] = [
  { value: 'curl', label: 'curl' },
  { value: 'esp32', label: 'ESP32' },
  { value: 'python', label: 'Python' },
];

/** A program that publishes a first event as the device, ready to run. */
export function snippetOf(kind: SnippetKind, hub: string, token: string): string {
  const url = `${hub}/v1/devices/events`;
  switch (kind) {
    case 'curl':
      return `curl ${url} \\\n  -H 'Authorization: Bearer ${token}' \\\n  -d name=temp -d data=21.5\n`;
    case 'python':
      return `import json, urllib.request

request = urllib.request.Request(
    "${url}",
    data=json.dumps({"name": "temp", "data": "21.5"}).encode(),
    headers={"Authorization": "Bearer ${token}", "Content-Type": "application/json"},
)
print(urllib.request.urlopen(request).read().decode())
`;
    case 'esp32':
      return `// For the Arduino core of the ESP32.
#include <WiFi.h>
#include <HTTPClient.h>

void setup() {
  Serial.begin(115200);
  WiFi.begin("name of the network", "its password");
  while (WiFi.status() != WL_CONNECTED) delay(200);
}

void loop() {
  HTTPClient http;
  http.begin("${url}");
  http.addHeader("Authorization", "Bearer ${token}");
  http.addHeader("Content-Type", "application/json");
  int status = http.POST("{\\"name\\":\\"temp\\",\\"data\\":\\"21.5\\"}");
  Serial.printf("published, status %d\\n", status);
  http.end();
  delay(60000);
}
`;
  }
}
