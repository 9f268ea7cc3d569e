import { randomBytes } from './random';

/** A new signing key: 32 random bytes, written as Standard Webhooks writes them. */
export function newSigningKey(): string {
  return `whsec_${btoa(String.fromCharCode(...randomBytes(32)))}`;
}

export type Snippet = { language: string; label: string; code: string };

/** Programs that check the signature of a request, each on its own standard library. */
export const verification: Snippet[] = [
  {
    language: 'javascript',
    label: 'Node',
    code: `import { createHmac, timingSafeEqual } from 'node:crypto';

// headers: of the request, names in lower case. body: its bytes as they came.
export function verified(headers, body, key) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300)) return false; // too old, or no number
  const secret = key.startsWith('whsec_') ? Buffer.from(key.slice(6), 'base64') : Buffer.from(key);
  const want = createHmac('sha256', secret).update(\`\${id}.\${timestamp}.\`).update(body).digest();
  return (headers['webhook-signature'] ?? '').split(' ').some((entry) => {
    const got = Buffer.from(entry.replace(/^v1,/, ''), 'base64');
    return got.length === want.length && timingSafeEqual(got, want);
  });
}
`,
  },
  {
    language: 'python',
    label: 'Python',
    code: `import base64, hashlib, hmac, time

# headers: of the request, names in lower case. body: its bytes as they came.
def verified(headers, body, key):
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > 300:
        return False
    secret = base64.b64decode(key[6:]) if key.startswith("whsec_") else key.encode()
    mac = hmac.new(secret, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    want = "v1," + base64.b64encode(mac.digest()).decode()
    return any(hmac.compare_digest(got, want) for got in headers.get("webhook-signature", "").split())
`,
  },
  {
    language: 'go',
    label: 'Go',
    code: `package receiver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Verified checks a request by its body's bytes as they came.
func Verified(header http.Header, body []byte, key string) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	secret := []byte(key)
	if encoded, ok := strings.CutPrefix(key, "whsec_"); ok {
		if secret, err = base64.StdEncoding.DecodeString(encoded); err != nil {
			return false
		}
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, got := range strings.Fields(header.Get("webhook-signature")) {
		if hmac.Equal([]byte(got), []byte(want)) {
			return true
		}
	}
	return false
}
`,
  },
  {
    language: 'shell',
    label: 'Shell',
    code: `# ID, TIMESTAMP and SIGNATURE from the request's webhook-* headers, its body in the file "body", KEY=whsec_...
hex=$(printf %s "\${KEY#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')
want=$( (printf '%s.%s.' "$ID" "$TIMESTAMP"; cat body) |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | base64)
case " $SIGNATURE " in
  *" v1,$want "*) echo verified ;;
  *) echo forged; exit 1 ;;
esac
`,
  },
];
