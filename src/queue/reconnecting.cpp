#include "queue/reconnecting.h"

namespace wrcor {
namespace {

constexpr const char* connection = "";  // as the subject of an outage

}  // namespace

std::optional<RedisReply> Reconnecting::run(const RedisCommand& command) {
  const std::string& name = command.front();
  try {
    if (!redis_) redis_.emplace(access_, patience_);
    RedisReply reply = redis_->run(command);
    note_success(name);
    return reply;
  } catch (const QueueLost& lost) {
    redis_.reset();
    outage_.begin(connection, cannot_reach(access_.address, lost.what()));
  } catch (const RedisRefusal& refusal) {
    note_refusal(name, refusal);
  }
  return std::nullopt;
}

void Reconnecting::note_success(const std::string& name) {
  outage_.end(connection);
  outage_.end(name);
  unexpected_.erase(name);
  pause_.restart();
}

/// A living coordinator renews keys that somebody has changed.
void Reconnecting::note_refusal(const std::string& name, const RedisRefusal& refusal) {
  constexpr std::chrono::seconds for_coordinator(15);
  if (refusal.means_no_work()) return pause_.restart();
  if (refusal.is_about_access()) give_up_after(refusal, access_.address);
  if (!refusal.passes()) {
    const auto now = std::chrono::steady_clock::now();
    const auto since = unexpected_.try_emplace(name, now).first->second;
    if (now - since > for_coordinator) throw refusal;
  }
  outage_.begin(name, refuses(access_.address, refusal));
}

}  // namespace wrcor
