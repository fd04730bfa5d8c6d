// SPDX-License-Identifier: Apache-2.0

// go run laravel.go jwe.go URL TOKEN BODY. README.md beside it names the keys that it takes from the environment.
package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

type payload struct {
	IV    []byte `json:"iv"`
	Value []byte `json:"value"`
	MAC   string `json:"mac"`
	Tag   string `json:"tag"`
}

func main() {
	address, token, body, version := os.Args[1], os.Args[2], os.Args[3], "1.0.0"

	// Seal as encrypt(json_encode(…)) of Illuminate\Encryption\Encrypter with AES-128-CBC.
	block := must(aes.NewCipher(unhex(os.Getenv("SECRET"))))
	value, iv := []byte(fmt.Sprintf(`s:%d:"%s";`, len(body), body)), unhex(or("IV", random(16)))
	padding := 16 - len(value)%16
	value = append(value, bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(value, value)
	b64 := base64.StdEncoding
	sealed := payload{iv, value, mac(b64.EncodeToString(iv) + b64.EncodeToString(value)), ""}
	members := must(json.Marshal(sealed))

	// Sign and send.
	stamp := or("CREATED", fmt.Sprint(time.Now().Unix()))
	form := url.Values{"data": {b64.EncodeToString(members)}}
	request := must(http.NewRequest("POST", address, strings.NewReader(form.Encode())))
	request.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Timestamp": {stamp},
		"Version": {version}, "Token": {token}, "Signature": {mac(stamp)}}
	reply := must(http.DefaultTransport.RoundTrip(request))
	answer := must(io.ReadAll(reply.Body))

	// Prove that the gateway made this reply, and for this very request.
	expected := mac("countersign-reply", reply.Header.Get("timestamp"), fmt.Sprint(reply.StatusCode), sealed.MAC,
		fmt.Sprintf("%x", sha256.Sum256(answer)))
	if !hmac.Equal([]byte(expected), []byte(reply.Header.Get("signature"))) {
		log.Fatalf("%s, and not from the gateway: %s", reply.Status, answer)
	}
	if key := os.Getenv("OPEN_KEY"); key != "" && len(answer) > 0 {
		answer = opened(answer, key)
	}
	os.Stdout.Write(answer)
	if reply.StatusCode >= 400 {
		os.Exit(1)
	}
}

func mac(lines ...string) string {
	sum := hmac.New(sha256.New, unhex(os.Getenv("SECRET")))
	sum.Write([]byte(strings.Join(lines, "\n")))
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// A sealed reply's JSON. Its MAC needs no look: the reply's signature holds every byte of it.
func opened(answer []byte, key string) []byte {
	var outer struct{ Data []byte }
	check(json.Unmarshal(answer, &outer))
	var inner payload
	check(json.Unmarshal(outer.Data, &inner))
	block := must(aes.NewCipher(unhex(key)))
	if len(inner.IV) != 16 || len(inner.Value) == 0 || len(inner.Value)%16 != 0 {
		check(errors.New("no payload of AES-128-CBC"))
	}
	text := make([]byte, len(inner.Value))
	cipher.NewCBCDecrypter(block, inner.IV).CryptBlocks(text, inner.Value)
	text = text[:len(text)-int(text[len(text)-1])]
	return text[bytes.IndexByte(text, '"')+1 : len(text)-2] // s:SIZE:"…";
}
