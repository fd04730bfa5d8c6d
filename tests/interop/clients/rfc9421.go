// SPDX-License-Identifier: Apache-2.0

// go run rfc9421.go jwe.go URL CLIENT BODY. README.md beside it names the keys that it takes from the environment.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

var b64 = base64.StdEncoding

func main() {
	address, client, body, kind := os.Args[1], os.Args[2], []byte(os.Args[3]), "application/json"
	if key := os.Getenv("SEAL_KEY"); key != "" {
		body, kind = seal(body, client, key), "application/jose"
	}

	// Sign and send.
	at := must(url.Parse(address))
	created, nonce := or("CREATED", fmt.Sprint(time.Now().Unix())), or("NONCE", random(16))
	host, digest := or("AUTHORITY", strings.ToLower(at.Host)), digestOf(body)
	covered := [][2]string{{"@method", "POST"}, {"@authority", host}, {"@path", at.EscapedPath()},
		{"@query", "?" + at.RawQuery}, {"content-type", kind}, {"content-digest", digest}}
	names, base := []string{}, ""
	for _, line := range covered {
		names, base = append(names, `"`+line[0]+`"`), base+fmt.Sprintf("\"%s\": %s\n", line[0], line[1])
	}
	params := fmt.Sprintf(`(%s);created=%s;keyid="%s";nonce="%s";alg="hmac-sha256";tag="gw"`,
		strings.Join(names, " "), created, client, nonce)
	request := must(http.NewRequest("POST", address, bytes.NewReader(body)))
	request.Host = host
	request.Header = http.Header{"Content-Type": {kind}, "Content-Digest": {digest},
		"Signature-Input": {"sig=" + params}, "Signature": {"sig=:" + mac("SIGN_KEY", base, params) + ":"}}
	reply := must(http.DefaultTransport.RoundTrip(request))
	answer := must(io.ReadAll(reply.Body))

	// Prove that the gateway made this reply, and for this very request.
	if !genuine(reply, answer, covered, nonce) {
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

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha-256=:" + b64.EncodeToString(sum[:]) + ":"
}

func mac(key, base, params string) string {
	sum := hmac.New(sha256.New, unhex(os.Getenv(key)))
	sum.Write([]byte(base + `"@signature-params": ` + params))
	return b64.EncodeToString(sum.Sum(nil))
}

func genuine(reply *http.Response, answer []byte, covered [][2]string, nonce string) bool {
	digest := reply.Header.Get("Content-Digest")
	values := map[string]string{`"@status"`: fmt.Sprint(reply.StatusCode), `"content-digest"`: digest}
	if kind := reply.Header.Get("Content-Type"); kind != "" {
		values[`"content-type"`] = kind
	}
	for _, line := range covered {
		values[`"`+line[0]+`";req`] = line[1]
	}
	input := regexp.MustCompile(`^([a-z][a-z0-9_-]*)=(\(([^()]*)\)(;.*))$`).
		FindStringSubmatch(reply.Header.Get("Signature-Input"))
	if input == nil {
		return false
	}
	base, seen := "", map[string]bool{`"content-type";req`: true}
	for _, name := range strings.Split(input[3], " ") {
		value, known := values[name]
		if !known {
			return false
		}
		base, seen[name] = base+name+": "+value+"\n", true
	}
	expected := input[1] + "=:" + mac("REPLY_KEY", base, input[2]) + ":"
	return len(seen) == len(values) && digest == digestOf(answer) &&
		strings.Contains(input[4], `;nonce="`+nonce+`"`) && strings.Contains(input[4], `;tag="gw-response"`) &&
		hmac.Equal([]byte(expected), []byte(reply.Header.Get("Signature")))
}
