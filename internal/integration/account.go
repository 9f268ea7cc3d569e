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

// readRSA reads a private key in PEM, in either of its two usual forms.
func readRSA(text string) (*rsa.PrivateKey, error) {
	errKey := errors.New("has a private_key that is not an RSA key in PEM")
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errKey
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, errKey
	}
	return key, nil
}
