// Proxy: what stands between a program and the server, and can do what networks do: take its time, and end where it hurts.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/scratch_folder.h"

namespace lockstep {

class Proxy {
 public:
  /// When the connection ends: before the server has the statement; while it carries it out, with an answer that nobody waits for; after it,
  /// with an answer that nobody gets.
  enum class Cut { Before, During, After };

  /// `server`: the server's socket.
  explicit Proxy(std::string server);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  /// The folder of this one's socket, which has the name of the server's.
  std::string folder() const { return folder_.path().string(); }
  std::string socket() const { return socket_; }
  /// How often the program has waited for an answer.
  int round_trips() const { return round_trips_.load(); }
  /// The connection ends with the `nth` message from now on that holds `word`, once `deed` is done, which runs beside the program.
  void cut(Cut side, std::string word, int nth = 1, std::function<void()> deed = {});
  /// How many messages held it since then.
  int met() const { return met_.load(); }
  /// That much later comes every message, on either way.
  void slow_down(std::chrono::microseconds one_way) { one_way_ = one_way; }

 private:
  void serve(const std::stop_token& stop);
  void relay(const std::stop_token& stop, int program);
  void pass_on(const std::stop_token& stop, int program, int server);
  /// When the connection ends with this message; nothing: it does not.
  std::optional<Cut> cuts(std::string_view message);
  void end(Cut side, int server, std::string_view message);

  std::string server_;
  ScratchFolder folder_{"proxy"};
  std::string socket_;
  int listener_ = -1;
  std::atomic<int> round_trips_ = 0;
  std::mutex mutex_;
  Cut side_ = Cut::Before;
  std::string word_;  ///< empty: nothing is cut
  int nth_ = 0;       ///< of the messages that are still to come; never, where it is none
  std::function<void()> deed_;
  std::atomic<int> met_ = 0;
  std::atomic<std::chrono::microseconds> one_way_ = std::chrono::microseconds(0);
  std::mutex relays_mutex_;
  std::vector<std::jthread> relays_;
  std::jthread thread_;
};

}  // namespace lockstep
