// The client of a build with hiredis. CMake chooses between this and no_redis.cpp.
#include "queue/redis.h"

#include <hiredis/hiredis.h>

#include <utility>

#include "internal/redis_tls.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {

struct Redis::State {
  redisContext* context = nullptr;
  ~State() {
    if (context != nullptr) redisFree(context);
  }
};

namespace {

/// A server that does not answer for as long counts as lost.
constexpr timeval patience{.tv_sec = 10, .tv_usec = 0};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using OwnedReply = std::unique_ptr<redisReply, FreeReply>;

QueueLost lost(const redisContext* context) {
  return QueueLost(context != nullptr && context->errstr[0] != '\0'
                       ? static_cast<const char*>(context->errstr)
                       : "no connection");
}

RedisReply converted(const redisReply& reply) {
  RedisReply result;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      result.number = reply.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      result.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_ARRAY:
      for (std::size_t k = 0; k < reply.elements; ++k)
        result.items.push_back(converted(*reply.element[k]));
      break;
    default:
      result.is_null = true;
  }
  return result;
}

redisContext* connected(const QueueAddress& address) {
  return address.socket.empty()
             ? redisConnectWithTimeout(address.host.c_str(), address.port, patience)
             : redisConnectUnixWithTimeout(address.socket.c_str(), patience);
}

/// Whether the server knows neither user nor password, or they may not do it.
bool is_about_password(const std::string& refusal) {
  return refusal.starts_with("NOAUTH") || refusal.starts_with("WRONGPASS") ||
         refusal.starts_with("NOPERM") || refusal.starts_with("ERR AUTH");
}

/// Without the password, which is in no message.
void log_in(Redis& redis, const QueueAccess& access) {
  if (access.password.empty()) return;
  RedisCommand command{"AUTH"};
  if (!access.address.user.empty()) command.push_back(access.address.user);
  command.push_back(access.password);
  redis.run(command);
}

}  // namespace

Redis::Redis(const QueueAccess& access) : state_(std::make_unique<State>()) {
  state_->context = connected(access.address);
  if (state_->context == nullptr || state_->context->err != 0) throw lost(state_->context);
  if (access.address.tls) start_tls(*state_->context, access.address);
  redisSetTimeout(state_->context, patience);
  try {
    log_in(*this, access);
    run({"PING"});
  } catch (const RedisRefusal& refusal) {
    const std::string reason = refusal.what();
    // For a while after its start.
    if (reason.starts_with("LOADING") || reason.starts_with("MASTERDOWN")) throw QueueLost(reason);
    if (!is_about_password(reason)) throw;
    throw UsageError(
        "the queue " + in_quotes(access.address.text) + " refuses the connection: " + reason +
        "; its password is read from --queue-password-file, or from " + "WRCOR_QUEUE_PASSWORD");
  }
}

Redis::~Redis() = default;
Redis::Redis(Redis&& other) noexcept = default;
Redis& Redis::operator=(Redis&& other) noexcept = default;

RedisReply Redis::run(const RedisCommand& command) { return run_all({command}).front(); }

std::vector<RedisReply> Redis::run_all(const std::vector<RedisCommand>& commands) {
  for (const RedisCommand& command : commands) {
    std::vector<const char*> words;
    std::vector<std::size_t> sizes;
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(state_->context, static_cast<int>(words.size()), words.data(),
                               sizes.data()) != REDIS_OK)
      throw lost(state_->context);
  }
  std::vector<RedisReply> replies;
  std::string refusal;
  for (std::size_t k = 0; k < commands.size(); ++k) {
    void* raw = nullptr;
    if (redisGetReply(state_->context, &raw) != REDIS_OK) throw lost(state_->context);
    const OwnedReply reply(static_cast<redisReply*>(raw));
    replies.push_back(converted(*reply));
    if (reply->type == REDIS_REPLY_ERROR && refusal.empty()) refusal = replies.back().text;
  }
  if (!refusal.empty()) throw RedisRefusal(refusal);
  return replies;
}

}  // namespace wrcor
