// Gemini: pages by token. A token is the base64 of a protobuf message with the last name of its page (field 1) and, since all other
// parameters must be equal from page to page, the size that was asked for (field 2).
#include <algorithm>
#include <charconv>
#include <sstream>

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>
#include <Poco/StreamCopier.h>

#include "format/json.h"
#include "sandbox/model_api.h"

namespace lockstep::sandbox {
namespace {

constexpr std::size_t kDefaultPage = 50;
constexpr std::size_t kLargestPage = 1000;
constexpr char kNameField = 0x0a;
constexpr char kSizeField = 0x10;

struct Page {
  std::size_t asked = 0;  ///< 0: the default
  std::string token;
};

/// Reads the parameters, or says what the API answers to a wrong one.
std::optional<Reply> read(const Request& request, Page& page) {
  for (const auto& [name, value] : request.parameters) {
    if (name == "pageToken" || name == "page_token") {
      page.token = value;
    } else if (name == "pageSize" || name == "page_size") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), page.asked);
      if (error != std::errc{} || end != value.data() + value.size())
        return bad_request(ModelApi::Gemini, "Invalid value at 'page_size' (TYPE_INT32), \"" + value + "\"");
    } else if (name != "key" && name != "alt" && name != "$alt") {
      return bad_request(ModelApi::Gemini, "Invalid JSON payload received. Unknown name \"" + name +
                                               "\": Cannot bind query parameter. Field '" + name +
                                               "' could not be found in request message.");
    }
  }
  return std::nullopt;
}

void append_varint(std::string& out, std::size_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

/// Advances `rest`; nullopt when it ends too early.
std::optional<std::size_t> take_varint(std::string_view& rest) {
  std::size_t value = 0;
  for (unsigned shift = 0; !rest.empty() && shift < 63; shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

std::string token_of(const std::string& last_name, std::size_t asked) {
  std::string message(1, kNameField);
  append_varint(message, last_name.size());
  message += last_name;
  if (asked > 0) {
    message += kSizeField;
    append_varint(message, asked);
  }
  std::ostringstream text;
  Poco::Base64Encoder encoder(text, Poco::BASE64_NO_PADDING);
  encoder << message;
  encoder.close();
  std::string token = text.str();
  std::erase_if(token, [](char c) { return c == '\r' || c == '\n'; });
  return token;
}

struct Token {
  std::string last_name;
  std::size_t asked = 0;
};

std::optional<Token> read_token(const std::string& text) {
  std::istringstream in(text);
  Poco::Base64Decoder decoder(in, Poco::BASE64_NO_PADDING);
  std::string message;
  try {
    Poco::StreamCopier::copyToString(decoder, message);
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
  std::string_view rest(message);
  if (rest.empty() || rest.front() != kNameField) return std::nullopt;
  rest.remove_prefix(1);
  const auto length = take_varint(rest);
  if (!length || *length > rest.size()) return std::nullopt;
  Token token{.last_name = std::string(rest.substr(0, *length)), .asked = 0};
  rest.remove_prefix(*length);
  if (rest.empty()) return token;
  if (rest.front() != kSizeField) return std::nullopt;
  rest.remove_prefix(1);
  token.asked = take_varint(rest).value_or(0);
  return token;
}

/// Where the page begins; nullopt for a token that is none, belongs to another size, or whose model is gone.
std::optional<std::size_t> first_of(const std::vector<Json>& documents, const Page& page) {
  if (page.token.empty()) return 0;
  const auto token = read_token(page.token);
  if (!token || token->asked != page.asked) return std::nullopt;
  const auto last = std::ranges::find_if(documents, [&](const Json& document) { return document.text_at("name") == token->last_name; });
  if (last == documents.end()) return std::nullopt;
  return static_cast<std::size_t>(last - documents.begin()) + 1;
}

}  // namespace

Reply answer_gemini(const Models& models, const Request& request, const std::string& id) {
  if (!id.empty()) {
    const Json* model = models.find(ModelList::Gemini, id);
    return model == nullptr ? refusal(ModelApi::Gemini, "not_found", {{"id", "models/" + id}}) : json_reply(200, json::to_text(*model));
  }
  Page page;
  if (auto refused = read(request, page)) return *refused;
  const auto& documents = models.list(ModelList::Gemini);
  const auto first = first_of(documents, page);
  if (!first) return refusal(ModelApi::Gemini, "bad_page_token");
  const std::size_t size = page.asked == 0 ? kDefaultPage : std::min(page.asked, kLargestPage);
  const std::size_t end = std::min(documents.size(), *first + size);
  const auto begin = documents.begin();
  std::string text = R"({"models":)" +
                     array_text(std::vector<Json>(begin + static_cast<std::ptrdiff_t>(*first), begin + static_cast<std::ptrdiff_t>(end)));
  if (end < documents.size()) text += R"(,"nextPageToken":)" + json::quote(token_of(documents[end - 1].text_at("name"), page.asked));
  return json_reply(200, text + "}");
}

}  // namespace lockstep::sandbox
