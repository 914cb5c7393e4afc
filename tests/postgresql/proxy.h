// Proxy: what stands between a program and the server, and can do what networks do: take its time, and end where it hurts.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/scratch_folder.h"

namespace lockstep::conformance {

class Proxy {
 public:
  /// Which side of a statement the connection ends on.
  enum class Cut { Before, After };

  /// `server`: the folder of the server's socket.
  explicit Proxy(std::string server);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  /// The folder of this one's socket: what a program takes for its host.
  std::string host() const { return folder_.path().string(); }
  /// How often the program has waited for an answer.
  int round_trips() const { return round_trips_.load(); }
  /// The connection ends with the next message that holds `word`: before the server has it, or after, without its answer.
  void cut(Cut side, std::string word);

 private:
  void serve(const std::stop_token& stop);
  void relay(const std::stop_token& stop, int program);

  std::string server_;
  ScratchFolder folder_{"proxy"};
  int listener_ = -1;
  std::atomic<int> round_trips_ = 0;
  std::mutex mutex_;
  Cut side_ = Cut::Before;
  std::string word_;  ///< empty: nothing is cut
  std::mutex relays_mutex_;
  std::vector<std::jthread> relays_;
  std::jthread thread_;
};

}  // namespace lockstep::conformance
