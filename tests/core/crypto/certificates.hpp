// SPDX-License-Identifier: Apache-2.0
#pragma once

// Certificates that never change, for tests of what is said of them. The keys open nothing.

#include <string_view>

namespace tests::certificates {

/// P-256, for a.example, *.a.example and 127.0.0.1, in 2026 from January 1st to December 1st.
inline constexpr std::string_view a =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdTCCARqgAwIBAgIUIVLMXQTrytJcqa2RLwFYA73mPCQwCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJYS5leGFtcGxlMB4XDTI2MDEwMTAwMDAwMFoXDTI2MTIwMTAw\n"
    "MDAwMFowFDESMBAGA1UEAwwJYS5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0D\n"
    "AQcDQgAEXu8pJncYHu45bYoUJEtDgG/HrXXP8JVR/vLe0r8LmO0wXZ/6ZGuYwUyZ\n"
    "Z716CrfgAAENJaoL22r5w3cY9QYykKNKMEgwJwYDVR0RBCAwHoIJQS5leGFtcGxl\n"
    "ggsqLmEuZXhhbXBsZYcEfwAAATAdBgNVHQ4EFgQUeuYSkekGUhgV2g11yY6WGa8L\n"
    "xYEwCgYIKoZIzj0EAwIDSQAwRgIhAK5J5JGHPhU4JVoaJ/SCZhSR2Me1R9sgXhXW\n"
    "V20Ht515AiEA1HQL6L6iFq1Q8kZ88W710Nbkn1U7qiQ87aLIoRkG474=\n"
    "-----END CERTIFICATE-----\n";

/// For an RSA key of 1024 bits.
inline constexpr std::string_view weak =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBmjCCAQMCFGJ/FBZjW8kblYb4DpGxflx+tpyVMA0GCSqGSIb3DQEBCwUAMAwx\n"
    "CjAIBgNVBAMMAXcwHhcNMjYwMTAxMDAwMDAwWhcNMjYxMjAxMDAwMDAwWjAMMQow\n"
    "CAYDVQQDDAF3MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCowHTMy7RNVTlU\n"
    "6cn+gBpVJytRGuefK8ylF8tnO7S2x9XAg4Fgdrn/wzVDHnyhTpiioYOa6/QboGfw\n"
    "oBVSwOJh6PtHCEVfSV15WdwAxcW4/q7ejFgU7SjKLeaPs7/L8tOS4cBHLedw6wWi\n"
    "hQ9wZi4YvaMgoTKuJL8XyO5rz6VFrwIDAQABMA0GCSqGSIb3DQEBCwUAA4GBAD4m\n"
    "vfpe0EQURsNMHlTjfeg/qLDRz7Zs3lSt2ry/dKUJxqLSwitNMW5iKC5SbGw7f9xy\n"
    "YjLG3T+BA8zz8wTBowTgqaVyonnX4LulCFlT/MxpN5eMKhCTwQQyG1bcBWsNIVxQ\n"
    "B/ZR08Riz58jY3EnkiK4cAOIRMZtuvbG/GLjBKMs\n"
    "-----END CERTIFICATE-----\n";

/// The key of `a`, in both forms in which EC keys are written.
inline constexpr std::string_view key_of_a =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLqTLoBWw5x8gO/id\n"
    "ttcUmpieDCwZT+IxQEvXecFAD7uhRANCAARe7ykmdxge7jltihQkS0OAb8etdc/w\n"
    "lVH+8t7SvwuY7TBdn/pka5jBTJlnvXoKt+AAAQ0lqgvbavnDdxj1BjKQ\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr std::string_view ec_key_of_a =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIC6ky6AVsOcfIDv4nbbXFJqYngwsGU/iMUBL13nBQA+7oAoGCCqGSM49\n"
    "AwEHoUQDQgAEXu8pJncYHu45bYoUJEtDgG/HrXXP8JVR/vLe0r8LmO0wXZ/6ZGuY\n"
    "wUyZZ716CrfgAAENJaoL22r5w3cY9QYykA==\n"
    "-----END EC PRIVATE KEY-----\n";

inline constexpr std::string_view another_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbXMoAhq+zAfytssa\n"
    "K6VT7I5Xw8cqlpYckt17BpEwjf+hRANCAATfu6+fxitsJTwy5Snaj9u/3v5o3lCl\n"
    "peikqBKaS/T+9/QMaYdqj9xWwt5IyAonsOvXTOMWOtCpdhFu8Op+VVXQ\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace tests::certificates
