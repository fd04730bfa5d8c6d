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
	block, err := aes.NewCipher(unhex(key))
	check(err)
	aead, err := cipher.NewGCM(block)
	check(err)
	return aead
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
	iv, err := b64u.DecodeString(parts[2])
	check(err)
	text, err := b64u.DecodeString(parts[3])
	check(err)
	tag, err := b64u.DecodeString(parts[4])
	check(err)
	if len(iv) != 12 {
		check(errors.New("no iv of GCM"))
	}
	opened, err := gcm(key).Open(nil, iv, append(text, tag...), []byte(parts[0]))
	check(err)
	return opened
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func unhex(text string) []byte {
	data, err := hex.DecodeString(text)
	check(err)
	return data
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
	_, err := rand.Read(data)
	check(err)
	return hex.EncodeToString(data)
}
