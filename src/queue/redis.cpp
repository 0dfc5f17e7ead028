// The client of a build with hiredis. CMake chooses between this and no_redis.cpp.
#include "queue/redis.h"

#include <hiredis/hiredis.h>

#include <utility>

#include "internal/redis_tls.h"
#include "internal/socket.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {

namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using OwnedReply = std::unique_ptr<redisReply, FreeReply>;

std::string reason_of(const redisContext& context) {
  return context.errstr[0] != '\0' ? static_cast<const char*>(context.errstr) : "no connection";
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

/// A socket as hiredis uses it. hiredis itself limits its waits for the rest of an answer.
redisContext* context_on(Socket socket) {
  redisContext* context = redisConnectFd(socket.number());
  if (context == nullptr) throw QueueLost("no memory for a connection");
  socket.release();
  redisSetTimeout(context, timeval{.tv_sec = usual_patience.count(), .tv_usec = 0});
  return context;
}

/// Without the password, which no message contains.
void log_in(Redis& redis, const QueueAccess& access) {
  if (access.password.empty()) return;
  RedisCommand command{"AUTH"};
  if (!access.address.user.empty()) command.push_back(access.address.user);
  command.push_back(access.password);
  redis.run(command);
}

}  // namespace

struct Redis::State {
  QueueAddress address;
  Patience patience;
  redisContext* context = nullptr;
  bool has_answered = false;

  State(QueueAddress where, Patience how_long)
      : address(std::move(where)), patience(std::move(how_long)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (context != nullptr) redisFree(context);
  }

  void send(const std::vector<RedisCommand>& commands);
  OwnedReply next_reply();
  [[noreturn]] void fail() const;
};

void Redis::State::send(const std::vector<RedisCommand>& commands) {
  for (const RedisCommand& command : commands) {
    std::vector<const char*> words;
    std::vector<std::size_t> sizes;
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context, static_cast<int>(words.size()), words.data(),
                               sizes.data()) != REDIS_OK)
      fail();
  }
  for (int sent = 0; sent == 0;) {
    if (redisBufferWrite(context, &sent) != REDIS_OK) fail();
  }
}

OwnedReply Redis::State::next_reply() {
  for (void* reply = nullptr;;) {
    if (redisGetReplyFromReader(context, &reply) != REDIS_OK) fail();
    if (reply != nullptr) {
      has_answered = true;
      return OwnedReply(static_cast<redisReply*>(reply));
    }
    await_input(context->fd, patience);
    if (redisBufferRead(context) != REDIS_OK) fail();
  }
}

/// Reports what may be at the address if nothing has answered like a server.
void Redis::State::fail() const {
  const std::string reason = reason_of(*context);
  if (has_answered) throw QueueLost(reason);
  if (context->err == REDIS_ERR_PROTOCOL) {
    throw UsageError("what answers at " + in_quotes(address.text) +
                     " is not a Redis server: " + reason);
  }
  if (!address.socket.empty()) throw QueueLost(reason);
  throw QueueLost(reason + (address.tls ? "; does the server ask for certificates of its clients "
                                          "(tls-auth-clients)?"
                                        : "; does the server expect TLS (rediss://)?"));
}

Redis::Redis(const QueueAccess& access, Patience patience)
    : state_(std::make_unique<State>(access.address, std::move(patience))) {
  state_->context = context_on(Socket(access.address, state_->patience));
  if (access.address.tls) start_tls(*state_->context, access.address);
  try {
    log_in(*this, access);
    run({"PING"});
  } catch (const RedisRefusal& refusal) {
    if (refusal.is_about_access()) give_up_after(refusal, access.address);
    throw;
  }
}

Redis::~Redis() = default;
Redis::Redis(Redis&& other) noexcept = default;
Redis& Redis::operator=(Redis&& other) noexcept = default;

RedisReply Redis::run(const RedisCommand& command) { return run_all({command}).front(); }

std::vector<RedisReply> Redis::run_all(const std::vector<RedisCommand>& commands) {
  state_->send(commands);
  std::vector<RedisReply> replies;
  std::string refusal;
  for (std::size_t k = 0; k < commands.size(); ++k) {
    const OwnedReply reply = state_->next_reply();
    replies.push_back(converted(*reply));
    if (reply->type == REDIS_REPLY_ERROR && refusal.empty()) refusal = replies.back().text;
  }
  if (!refusal.empty()) throw RedisRefusal(refusal);
  return replies;
}

}  // namespace wrcor
