// RestSpec: an HTTP provider as a table: endpoints, paging, authorization and errors as data. A plugin fills it in; RestProvider runs it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/error.h"
#include "data/resource.h"

namespace lockstep::rest {

enum class AuthStyle {
  None,
  Bearer,  ///< Authorization: Bearer KEY
  Header,  ///< NAME: KEY
  Query,   ///< ?NAME=KEY
};

struct AuthSpec {
  AuthStyle style = AuthStyle::Bearer;
  std::string name;      ///< of the header or parameter
  std::string variable;  ///< environment variable to name when the key is missing
};

enum class Paging {
  None,        ///< one answer holds everything
  TimeCursor,  ///< filters on a creation time; the order is found out from the answers
  PageToken,   ///< each answer names the next one
};

struct ListSpec {
  std::string path;   ///< "/assistant"
  std::string items;  ///< member that holds the array; empty: the answer is the array
  Paging paging = Paging::None;
  std::string limit_parameter;       ///< empty: the API takes none
  std::size_t page_size = 0;         ///< asked for when nothing else is wished
  std::size_t page_size_cap = 0;     ///< the most the API accepts
  std::string time_field;            ///< TimeCursor: top-level member of an item, RFC 3339
  std::string not_after_parameter;   ///< TimeCursor: items created at or before
  std::string not_before_parameter;  ///< TimeCursor: items created at or after
  std::string token_field;           ///< PageToken: member of the answer
  std::string token_parameter;       ///< PageToken: where it is sent
};

/// How one kind of refusal is told. The first rule that fits wins over what the status alone means.
struct ErrorRule {
  int status = 0;
  std::string contains;  ///< text in the body; empty: any
  ErrorKind kind = ErrorKind::Rejected;
  std::string message;
  std::string hint;
  bool final = false;  ///< repeating cannot help although the status says so
};

struct ErrorSpec {
  std::vector<std::string> message_paths{"message"};  ///< dotted; where a refusal's text is: a string or an array of strings
  std::string credentials_hint;                       ///< what helps against a wrong key
  std::vector<ErrorRule> rules;
};

/// A resource with its addresses. "{id}" stands for the identity.
struct RestResource {
  Resource resource;
  ListSpec list;
  std::string item;    ///< GET and PATCH: "/assistant/{id}"
  std::string create;  ///< POST: "/assistant"
};

struct RestSpec {
  std::string label;  ///< "Vapi": what messages call it
  AuthSpec auth;
  std::vector<std::pair<std::string, std::string>> headers;  ///< sent with every request
  std::vector<RestResource> resources;
  std::string check;  ///< cheap GET that proves key and address
  ErrorSpec errors;
};

}  // namespace lockstep::rest
