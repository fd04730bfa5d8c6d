// SPDX-License-Identifier: Apache-2.0

// JWE compact, alg dir, enc A256GCM: what the clients here put into a body, and take out of a reply.
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
)

var b64u = base64.RawURLEncoding

func gcm(key string) cipher.AEAD {
	return must(cipher.NewGCM(must(aes.NewCipher(unhex(key)))))
}

func seal(plaintext []byte, client, key string) []byte {
	header := b64u.EncodeToString([]byte(fmt.Sprintf(`{"alg":"dir","enc":"A256GCM","kid":%q}`, client)))
	iv := unhex(or("IV", random(12)))
	sealed := gcm(key).Seal(nil, iv, plaintext, []byte(header))
	text, tag := sealed[:len(sealed)-16], sealed[len(sealed)-16:]
	return []byte(strings.Join([]string{header, "", b64u.EncodeToString(iv), b64u.EncodeToString(text),
		b64u.EncodeToString(tag)}, "."))
}

func unseal(token []byte, key string) []byte {
	parts := strings.Split(string(token), ".")
	if len(parts) != 5 {
		check(errors.New("no JWE"))
	}
	iv, text := must(b64u.DecodeString(parts[2])), must(b64u.DecodeString(parts[3]))
	tag := must(b64u.DecodeString(parts[4]))
	if len(iv) != 12 || len(tag) != 16 {
		check(errors.New("no iv or tag of GCM"))
	}
	return must(gcm(key).Open(nil, iv, append(text, tag...), []byte(parts[0])))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func must[Value any](value Value, err error) Value {
	check(err)
	return value
}

func unhex(text string) []byte {
	return must(hex.DecodeString(text))
}

// What the environment says, or else this.
func or(name, otherwise string) string {
	if said := os.Getenv(name); said != "" {
		return said
	}
	return otherwise
}

func random(size int) string {
	data := make([]byte, size)
	must(rand.Read(data))
	return hex.EncodeToString(data)
}
