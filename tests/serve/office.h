// What the tests of the service work with: the shelf's configuration with a section `serve:`, a service on it, and people who ask.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "common/log.h"
#include "format/json.h"
#include "operations/desk.h"
#include "serve/service.h"

namespace lockstep::test {

using serve::NewToken;
using serve::Service;

/// A service of books.db; nothing listens: requests are handed to it.
class OfficeTest : public OperationTest {
 protected:
  using Headers = std::map<std::string, std::string>;

  static void SetUpTestSuite() { log::configure({.level = log::Level::Off, .file = {}}); }
  void SetUp() override {
    OperationTest::SetUp();
    shelf()->takes_writes = true;
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":10})"}, {"b2", R"({"id":"b2","title":"Dune","pages":20})"}};
    configure("");
  }
  void TearDown() override { service_.reset(); }

  /// The configuration of the shelf, with this more at its end.
  void configure(const std::string& more) {
    write_books(directory_);
    directory_.write("config/lockstep.yaml", directory_.read("config/lockstep.yaml") + more);
  }

  Service& service() {
    if (!service_) {
      service_ = std::make_unique<Service>(serve::ServiceParts{.load = [this] { return read_anew(); },
                                                               .clock = system_clock(),
                                                               .version = "1.2.3",
                                                               .alert_times = alert_times_,
                                                               .board_bounds = board_bounds_});
      service_->listens_on(8787);
    }
    return *service_;
  }

  std::string token(Scope scope, std::vector<std::string> syncs = {}) {
    return service().tokens().create({"somebody " + std::to_string(++made_), scope, std::move(syncs)});
  }
  const std::string& admin() {
    if (admin_.empty()) admin_ = service().tokens().create({"ada", Scope::Admin});
    return admin_;
  }

  /// Waits for it: so many looks, ten milliseconds apart.
  static bool soon(const std::function<bool()>& is_so, int looks = 1000) {
    for (int i = 0; i < looks; ++i) {
      if (is_so()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  void stop_service() { service_.reset(); }

  web::Request request(const std::string& method, const std::string& target, const std::string& body = {}, const Headers& headers = {}) {
    web::Request request;
    request.method = method;
    request.target = web::parse_target(target);
    request.host = "127.0.0.1:8787";
    request.peer = "127.0.0.1";
    request.body = body;
    if (!body.empty()) request.headers.add("Content-Type", "application/json");
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    return request;
  }
  /// As the admin.
  web::Response ask(const std::string& method, const std::string& target, const std::string& body = {}, Headers headers = {}) {
    headers.emplace("Authorization", "Bearer " + admin());
    return service().answer(request(method, target, body, headers));
  }
  web::Response ask_as(const std::string& secret, const std::string& method, const std::string& target, const std::string& body = {}) {
    return service().answer(request(method, target, body, {{"Authorization", "Bearer " + secret}}));
  }
  /// The same, waiting for the end of a run.
  web::Response ask_and_wait(const std::string& target, const std::string& body, Headers headers = {}) {
    headers.emplace("Prefer", "wait=20");
    return ask("POST", target, body, headers);
  }

  // Of the service, before it is first asked for.
  serve::AlertTimes alert_times_;
  serve::BoardBounds board_bounds_;

  static Json json(const web::Response& response) { return json::parse(response.body); }
  static std::string header(const web::Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

 private:
  std::shared_ptr<const Workspace> read_anew() {
    std::shared_ptr<Workspace> workspace = workspace_anew();
    workspace->problems().raise();
    workspace->load_all(workspace->configuration().sync_names());
    return workspace;
  }

  std::unique_ptr<Service> service_;
  std::string admin_;
  int made_ = 0;
};

}  // namespace lockstep::test
