#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "queue/redis.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

bool starts_with_one_of(std::string_view message,
                        std::initializer_list<std::string_view> beginnings) {
  return std::ranges::any_of(beginnings,
                             [&](std::string_view word) { return message.starts_with(word); });
}

}  // namespace

bool RedisRefusal::passes() const {
  return starts_with_one_of(
      what(), {"OOM", "READONLY", "LOADING", "MISCONF", "BUSY ", "TRYAGAIN", "MASTERDOWN",
               "CLUSTERDOWN", "NOREPLICAS", "UNBLOCKED", "ERR max number of clients"});
}

bool RedisRefusal::is_about_access() const {
  return starts_with_one_of(what(), {"NOAUTH", "WRONGPASS", "NOPERM", "ERR AUTH"});
}

bool RedisRefusal::means_no_work() const {
  return starts_with_one_of(what(), {"NOGROUP", "UNBLOCKED"});
}

std::string cannot_reach(const QueueAddress& address, const std::string& reason) {
  return "cannot reach the queue " + in_quotes(address.text) + ": " + reason;
}

std::string refuses(const QueueAddress& address, const RedisRefusal& refusal) {
  return "the queue " + in_quotes(address.text) + " refuses a command (" + refusal.what() + ")";
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
