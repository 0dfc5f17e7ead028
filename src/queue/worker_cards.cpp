#include "queue/worker_cards.h"

namespace wrcor {

std::set<std::string> keys_like(Redis& redis, const std::string& pattern) {
  std::set<std::string> keys;
  std::string cursor = "0";
  do {
    const RedisReply reply = redis.run({"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"});
    if (reply.items.size() != 2) break;
    cursor = reply.items[0].text;
    for (const RedisReply& key : reply.items[1].items) keys.insert(key.text);
  } while (cursor != "0");
  return keys;
}

std::vector<WorkerCard> read_workers(Redis& redis, const QueueKeys& keys) {
  std::vector<WorkerCard> workers;
  for (const std::string& key : keys_like(redis, keys.worker("*"))) {
    try {
      workers.push_back(WorkerCard::parse(redis.run({"GET", key}).text));
    } catch (const MessageError&) {
      // It has ended meanwhile, or is not a card.
    }
  }
  return workers;
}

}  // namespace wrcor
