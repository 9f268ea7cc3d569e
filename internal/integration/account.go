package integration

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
)

// defaultTokenURI is where service accounts ask for tokens.
const defaultTokenURI = "https://oauth2.googleapis.com/token"

// ServiceAccount is a key of a Google service account, as its JSON file holds
// it.
type ServiceAccount struct {
	Email    string
	KeyID    string // "" = the key has none
	Key      *rsa.PrivateKey
	TokenURI string // as written, the audience of what the account signs
	Address  Address
}

// ReadServiceAccount reads such a file. Errors name the member and hold
// nothing of it.
func ReadServiceAccount(text string) (*ServiceAccount, error) {
	var file struct {
		Type     string `json:"type"`
		Email    string `json:"client_email"`
		KeyID    string `json:"private_key_id"`
		Key      string `json:"private_key"`
		TokenURI string `json:"token_uri"`
	}
	if json.Unmarshal([]byte(text), &file) != nil {
		return nil, errors.New("is not the JSON of a service account key")
	}
	switch {
	case file.Type != "" && file.Type != "service_account":
		return nil, errors.New("is not the key of a service account: its type is another one")
	case file.Email == "":
		return nil, errors.New("has no client_email")
	case file.Key == "":
		return nil, errors.New("has no private_key")
	case file.TokenURI == "":
		file.TokenURI = defaultTokenURI
	}
	key, err := readRSA(file.Key)
	if err != nil {
		return nil, err
	}
	address, err := ParseEndpoint(file.TokenURI)
	if err != nil {
		return nil, fmt.Errorf("has a token_uri that cannot be used: it %w", err)
	}
	return &ServiceAccount{Email: file.Email, KeyID: file.KeyID, Key: key, TokenURI: file.TokenURI, Address: address}, nil
}

// Bounds of a service account's key. Google takes no larger ones; a signature
// with one of 65,536 bits takes minutes, and the time of a call does not end it.
const (
	maxKeyBits  = 4096
	maxKeyBytes = 4 << 10 // of its DER; one of 4,096 bits has 2,400
)

var (
	errKey     = errors.New("has a private_key that is not an RSA key in PEM")
	errKeySize = fmt.Errorf("has a private_key of more than %d bits", maxKeyBits)
)

// readRSA reads a private key in PEM, in either of its two usual forms.
func readRSA(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	switch {
	case block == nil:
		return nil, errKey
	case len(block.Bytes) > maxKeyBytes:
		return nil, errKeySize
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		parsed, _ := x509.ParsePKCS8PrivateKey(block.Bytes)
		key, _ = parsed.(*rsa.PrivateKey)
	}
	switch {
	case key == nil:
		return nil, errKey
	case key.N.BitLen() > maxKeyBits:
		return nil, errKeySize
	}
	return key, nil
}
