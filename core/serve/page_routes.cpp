// The page: one shell for all of its addresses, and the files that it loads. Neither holds anything of a person's: what they show is asked
// of the API, with the rights of whoever has signed in.
#include <algorithm>
#include <array>
#include <string>

#include "common/hash.h"
#include "common/text.h"
#include "serve/page_files.h"
#include "serve/route.h"
#include "serve/service.h"

namespace lockstep::serve {
namespace {

/// Where the page is: the script shows what belongs to the address.
constexpr std::array kPlaces = {"/",
                                "/vapi-sync",
                                "/login",
                                "/runs",
                                "/runs/{id}",
                                "/plans",
                                "/plans/{id}",
                                "/conflicts",
                                "/conflicts/{id}",
                                "/rejected",
                                "/syncs/{name}",
                                "/history",
                                "/models",
                                "/automation",
                                "/settings",
                                "/activity",
                                "/syncs/{name}/records/{key}"};

/// Nothing is loaded from elsewhere, nothing that a record holds can become a script, and no other page can frame this one.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Of all files: another program has others, under other addresses.
const std::string& build() {
  static const std::string hash = [] {
    Hasher hasher;
    for (const PageFile& file : page_files()) hasher.text(file.name).text(file.text);
    return hasher.digest().hex().substr(0, 16);
  }();
  return hash;
}

std::string type_of(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "text/plain; charset=utf-8";
}

const PageFile* find_file(std::string_view name) {
  const auto files = page_files();
  const auto found = std::find_if(files.begin(), files.end(), [&](const PageFile& file) { return file.name == name; });
  return found == files.end() ? nullptr : &*found;
}

/// The modules, asked for at once and not as each names the next.
std::string preloads() {
  std::string out;
  for (const PageFile& file : page_files()) {
    if (file.name.ends_with(".js")) out += "<link rel=\"modulepreload\" href=\"/assets/{build}/" + std::string(file.name) + "\">\n";
  }
  return out;
}

web::Response show_shell(Service&, const Asked&) {
  // The addresses of its files carry the build's hash, so that they may be kept for ever.
  static const std::string shell =
      replace_all(replace_all(std::string(find_file("index.html")->text), "{preloads}\n", preloads()), "{build}", build());
  web::Response response = web::text_response(200, shell, "text/html; charset=utf-8");
  return response.with("Content-Security-Policy", kPolicy).with("Cross-Origin-Opener-Policy", "same-origin");
}

web::Response show_file(Service&, const Asked& asked) {
  const PageFile* file = asked.captured.at(0) == build() ? find_file(asked.captured.at(1)) : nullptr;
  if (file == nullptr || file->name == "index.html") throw Problem{404, "there is no such file", "not_found"};
  return web::text_response(200, std::string(file->text), type_of(file->name)).with("Cache-Control", "public, max-age=31536000, immutable");
}

web::Response show_robots(Service&, const Asked&) { return web::text_response(200, "User-agent: *\nDisallow: /\n"); }

Route open(std::string_view path, std::function<web::Response(Service&, const Asked&)> handler) {
  return {"GET", path, std::nullopt, "A page for people", {}, {}, "HTML", {200}, std::move(handler), false, true};
}

}  // namespace

std::vector<Route> page_routes() {
  std::vector<Route> out;
  for (const char* place : kPlaces) out.push_back(open(place, show_shell));
  out.push_back(open("/assets/{build}/{file}", show_file));
  out.push_back(open("/robots.txt", show_robots));
  return out;
}

}  // namespace lockstep::serve
