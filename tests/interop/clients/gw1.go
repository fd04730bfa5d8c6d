// SPDX-License-Identifier: Apache-2.0

// go run gw1.go jwe.go URL CLIENT BODY. README.md beside it names the keys that it takes from the environment.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

func main() {
	address, client, body, kind := os.Args[1], os.Args[2], []byte(os.Args[3]), "application/json"
	if key := os.Getenv("SEAL_KEY"); key != "" {
		body, kind = seal(body, client, key), "application/jose"
	}

	// Sign and send.
	at := must(url.Parse(address))
	version, host := "1.4.0", or("AUTHORITY", strings.ToLower(at.Host))
	stamp, nonce := or("CREATED", fmt.Sprint(time.Now().Unix())), or("NONCE", random(16))
	signature := mac("SIGN_KEY", "GW1-HMAC-SHA256", client, version, stamp, nonce, "POST", host, at.RequestURI(),
		fmt.Sprintf("%x", sha256.Sum256(body)))
	request := must(http.NewRequest("POST", address, bytes.NewReader(body)))
	request.Host = host
	request.Header = http.Header{"Content-Type": {kind}, "X-Auth-Token": {client}, "X-Auth-Version": {version},
		"X-Auth-Timestamp": {stamp}, "X-Auth-Nonce": {nonce}, "X-Auth-Signature": {signature}}
	reply := must(http.DefaultTransport.RoundTrip(request))
	answer := must(io.ReadAll(reply.Body))

	// Prove that the gateway made this reply, and for this very request.
	expected := mac("REPLY_KEY", "GW1-HMAC-SHA256-RESPONSE", client, nonce, reply.Header.Get("X-Auth-Timestamp"),
		fmt.Sprint(reply.StatusCode), fmt.Sprintf("%x", sha256.Sum256(answer)))
	if !hmac.Equal([]byte(expected), []byte(reply.Header.Get("X-Auth-Signature"))) {
		log.Fatalf("%s, and not from the gateway: %s", reply.Status, answer)
	}
	if key := os.Getenv("OPEN_KEY"); key != "" && len(answer) > 0 {
		answer = unseal(answer, key)
	}
	os.Stdout.Write(answer)
	if reply.StatusCode >= 400 {
		os.Exit(1)
	}
}

func mac(key string, lines ...string) string {
	sum := hmac.New(sha256.New, unhex(os.Getenv(key)))
	sum.Write([]byte(strings.Join(lines, "\n")))
	return fmt.Sprintf("%x", sum.Sum(nil))
}
