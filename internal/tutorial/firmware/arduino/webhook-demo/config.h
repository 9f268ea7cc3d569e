// What this board needs to know. Fill it in; keep it out of version control.
#pragma once

#define WIFI_NAME "your network"
#define WIFI_PASSWORD "its password"

// The hub, without a slash at the end. For https, put the certificate of its
// authority into HUB_CERTIFICATE (a PEM text); nothing unverified is trusted.
#define HUB_URL "http://192.168.1.10:8080"
#define HUB_CERTIFICATE ""

// The device's id and a token of it, as the hub's page of the device gives them.
#define DEVICE_ID "0123456789abcdef01234567"
#define DEVICE_TOKEN "token"
