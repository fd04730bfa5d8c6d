// SPDX-License-Identifier: Apache-2.0
#pragma once

// The field tables, one a struct: each key once, with how it is read, printed and described.

#include <array>
#include <span>
#include <string_view>

#include "core/config/draft.hpp"
#include "core/config/field.hpp"

namespace core::config {

struct whole_table {
  using value = draft;
  static std::span<const field<draft>> fields();
};

struct limits_table {
  using value = limits;
  static std::span<const field<limits>> fields();
};

/// ADDRESS:PORT, unix:PATH, {address: ADDRESS:PORT, tls: …}, or a list of them.
struct listener_list {
  using value = std::vector<listener>;
  static std::string type();
  static bool read(reader& r, const spot& s, value& out);
  static node print(const value& all);
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out);
};

struct generation_table {
  using value = secret_generation;
  static std::span<const field<secret_generation>> fields();
};

struct client_table {
  using value = client_draft;
  static constexpr std::string_view any_name = "<id>";
  static constexpr std::string client_draft::* name = &client_draft::id;
  static std::span<const field<client_draft>> fields();
  static void read(reader& r, const spot& s, client_draft& out) {
    read_fields(r, s, fields(), out);
  }
  static node print(const client_draft& c) { return print_fields(fields(), c); }
};

/// {ca, certificate, key, server_name}, of an upstream.
struct upstream_tls_section {
  using value = std::optional<upstream_tls>;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out);
  static node print(const value& v);
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out);
};

struct upstream_table {
  using value = upstream;
  static constexpr std::string_view any_name = "<name>";
  static constexpr std::string upstream::* name = &upstream::name;
  static std::span<const field<upstream>> fields();
  /// A URL alone is an upstream with that endpoint.
  static void read(reader& r, const spot& s, upstream& out);
  static node print(const upstream& u) { return print_fields(fields(), u); }
};

/// One table for each kind of scheme; `preset` or `type` says which holds.
struct laravel_table {
  using value = laravel_preset;
  static std::span<const field<laravel_preset>> fields();
};

struct template_table {
  using value = template_preset;
  static std::span<const field<template_preset>> fields();
  static void read(reader& r, const spot& s, template_preset& out);
};

struct signatures_table {
  using value = scheme::rfc9421_settings;
  static std::span<const field<scheme::rfc9421_settings>> fields();
};

struct scheme_table {
  using value = scheme_settings;
  static constexpr std::string_view any_name = "<name>";
  static constexpr std::string scheme_settings::* name = &scheme_settings::name;
  static void read(reader& r, const spot& s, scheme_settings& out);
  static node print(const scheme_settings& p);
  static void describe(const std::string& path, std::vector<reference_row>& out);
};

/// Does this element of `schemes` have a type, or a preset that is configuration alone?
bool is_template(const node& scheme);

struct route_table {
  using value = route_draft;
  static std::span<const field<route_draft>> fields();
};

}  // namespace core::config
