// What the tests of the client share: quick options, a call, and the Error that a request ends in.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/client.h"
#include "http/scripted_server.h"

namespace lockstep::test {

struct Caller {
  std::stop_source stop;
  Meter meter;
  Call call{stop.get_token(), Deadline(), meter};
};

/// No waits between retries, no proxy, a deadline that only a hanging test reaches.
inline http::ClientOptions quick(const std::string& base_url) {
  http::ClientOptions options;
  options.base_url = base_url;
  options.user_agent = "lockstep-test";
  options.random = [] { return 0.0; };
  options.environment = [](const std::string&) { return std::string(); };
  return options;
}

/// quick() that tells the first failure.
inline http::ClientOptions without_retries(const std::string& base_url) {
  http::ClientOptions options = quick(base_url);
  options.retry.retries = 0;
  return options;
}

inline http::Request get(std::string target) {
  http::Request request;
  request.target = std::move(target);
  return request;
}

inline http::Request post(std::string target, std::string body) {
  http::Request request;
  request.method = http::Method::Post;
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

/// A handler of ScriptedServer::serve: an empty list, whatever is asked.
inline std::string no_items(const std::string&) { return answer(200, "[]"); }

/// What the client makes of `bytes`, all that a server says.
inline http::Response fetch(const std::string& bytes) {
  ScriptedServer server(ScriptedServer::once(bytes));
  http::HttpClient client(without_retries(server.url()));
  Caller caller;
  return client.send(get("/x"), caller.call);
}

/// Lets SIGPIPE through in this thread: libraries hold it back in some threads, and a program's own threads are not among them.
inline void unblock_sigpipe() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);
}

/// The Error that `act` throws; one of kind Invalid and an empty message when it throws none.
template <class Act>
Error error_of(Act&& act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorKind::Invalid, "");
}

/// The Error that fetch() of `bytes` ends in.
inline Error failure(const std::string& bytes) {
  return error_of([&] { fetch(bytes); });
}

}  // namespace lockstep::test
