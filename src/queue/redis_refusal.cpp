#include <algorithm>
#include <array>
#include <string_view>

#include "queue/redis.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// Whether the server's message has one of these beginnings.
template <std::size_t count>
bool starts_with_one_of(std::string_view message,
                        const std::array<std::string_view, count>& beginnings) {
  return std::ranges::any_of(beginnings,
                             [&](std::string_view word) { return message.starts_with(word); });
}

}  // namespace

bool RedisRefusal::passes() const {
  static constexpr std::array<std::string_view, 10> beginnings{
      "OOM",      "READONLY",   "LOADING",     "MISCONF",    "BUSY ",
      "TRYAGAIN", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS", "ERR max number of clients"};
  return starts_with_one_of(what(), beginnings);
}

bool RedisRefusal::is_about_access() const {
  static constexpr std::array<std::string_view, 4> beginnings{"NOAUTH", "WRONGPASS", "NOPERM",
                                                              "ERR AUTH"};
  return starts_with_one_of(what(), beginnings);
}

bool RedisRefusal::means_no_work() const {
  static constexpr std::array<std::string_view, 2> beginnings{"NOGROUP", "UNBLOCKED"};
  return starts_with_one_of(what(), beginnings);
}

void give_up_after(const RedisRefusal& refusal, const QueueAddress& address) {
  const std::string reason = refusal.what();
  const std::string queue = "the queue " + in_quotes(address.text);
  if (reason.starts_with("NOPERM")) {
    throw UsageError(queue + " refuses a command: " + reason +
                     "; the user needs the keys wrcor:* and the commands that the manual of wrcor "
                     "worker names");
  }
  if (refusal.is_about_access()) {
    throw UsageError(queue + " refuses the connection: " + reason +
                     "; its password is read from --queue-password-file, or from "
                     "WRCOR_QUEUE_PASSWORD");
  }
  const bool may_be_old = reason.starts_with("ERR unknown") || reason.starts_with("ERR syntax");
  throw RunError(queue + " refuses a command: " + reason +
                 (may_be_old ? "; it needs a Redis server of version 6.2 or newer" : ""));
}

}  // namespace wrcor
