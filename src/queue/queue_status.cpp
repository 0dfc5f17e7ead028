#include "queue/queue_status.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "core/json_schema_parts.h"
#include "core/schema_version.h"
#include "queue/queue_keys.h"
#include "queue/redis.h"
#include "queue/worker_cards.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

QueueStatus read_queue(Redis& redis, const std::string& name, RunOffer offer) {
  const QueueKeys keys(name);
  QueueStatus status{.name = name, .offer = std::move(offer)};
  status.has_coordinator = redis.run({"EXISTS", keys.owner()}).number == 1;
  status.workers = read_workers(redis, keys);
  status.results = redis.run({"XLEN", keys.results()}).number;
  const std::int64_t items = redis.run({"XLEN", keys.work()}).number;
  if (status.offer.finished || redis.run({"EXISTS", keys.work()}).number == 0) return status;
  const RedisReply pending = redis.run({"XPENDING", keys.work(), QueueKeys::group});
  if (!pending.items.empty()) status.held = pending.items[0].number;
  status.waiting = std::max<std::int64_t>(0, items - status.held);
  return status;
}

}  // namespace

std::vector<QueueStatus> read_queue_status(const QueueAccess& access) {
  const std::string place = in_quotes(access.address.text);
  try {
    Redis redis(access);
    std::set<std::string> names{access.address.name};
    if (access.address.name.empty()) {
      names.clear();
      for (const std::string& key : keys_like(redis, QueueKeys::all_offers))
        names.insert(QueueKeys::name_of(key));
    }
    std::vector<QueueStatus> queues;
    for (const std::string& name : names) {
      const RedisReply offer = redis.run({"GET", QueueKeys(name).offer()});
      if (offer.is_null) throw UsageError(place + " has no queue " + in_quotes(name));
      try {
        queues.push_back(read_queue(redis, name, RunOffer::parse(offer.text)));
      } catch (const MessageError& error) {
        spdlog::warn("the queue {} is left out: {}", in_quotes(name), error.what());
      }
    }
    return queues;
  } catch (const QueueLost& lost) {
    throw RunError(cannot_reach(access.address, lost.what()));
  } catch (const RedisRefusal& refusal) {
    give_up_after(refusal, access.address);
  }
}

nlohmann::ordered_json to_json(const std::vector<QueueStatus>& queues) {
  auto all = nlohmann::ordered_json::array();
  for (const QueueStatus& queue : queues) {
    auto workers = nlohmann::ordered_json::array();
    for (const WorkerCard& worker : queue.workers) {
      workers.push_back({{"id", worker.id},
                         {"device", worker.device},
                         {"platform", worker.platform},
                         {"evaluated", worker.evaluated}});
    }
    all.push_back({{"name", queue.name},
                   {"run", queue.offer.run},
                   {"coordinator", queue.offer.coordinator},
                   {"coordinator_lives", queue.has_coordinator},
                   {"finished", queue.offer.finished},
                   {"waiting", queue.waiting},
                   {"held", queue.held},
                   {"results", queue.results},
                   {"workers", workers}});
  }
  return {{"schema_version", schema_version::queue}, {"queues", all}};
}

nlohmann::ordered_json queue_status_schema() {
  using namespace json_schema_parts;
  const Schema boolean{{"type", "boolean"}};
  const Schema worker = object(
      {{"id", text()}, {"device", text()}, {"platform", text()}, {"evaluated", whole_number()}});
  const Schema queue = object({{"name", text()},
                               {"run", text()},
                               {"coordinator", text()},
                               {"coordinator_lives", boolean},
                               {"finished", boolean},
                               {"waiting", whole_number()},
                               {"held", whole_number()},
                               {"results", whole_number()},
                               {"workers", array(worker)}});
  return document(
      "queue", schema_version::queue, "What wrcor queue status --format json prints",
      object({{"schema_version", constant(schema_version::queue)}, {"queues", array(queue)}}));
}

}  // namespace wrcor
