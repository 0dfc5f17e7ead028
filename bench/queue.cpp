// What one coordinator sustains: a search whose evaluations, through a queue, come from workers
// that answer at once.
//
//   wrcor_queue URL [ITEMS [WORKERS]]      at most 32,768 items, the size of the space nats_sss
//
// Prints items a second, the time of one item from its submission to its journal entry, and the
// peak memory. Everything is as in a search by `wrcor search --queue`, except that a worker sends
// the same scores for every network.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "queue/messages.h"
#include "queue/queue_keys.h"
#include "queue/redis.h"
#include "queue/remote_evaluations.h"
#include "record/journal.h"
#include "search/search_course.h"
#include "wrcor/core/error.h"
#include "wrcor/score/ranking_rule.h"
#include "wrcor/space/builtin.h"

namespace {

using namespace wrcor;
using Clock = std::chrono::steady_clock;

constexpr const char* proxy = "wrcor";

Evaluation answer(const SearchSpace& space, const std::string& arch) {
  Evaluation evaluation;
  evaluation.scores.emplace_back(proxy, Score::of(1.5));
  evaluation.costs = space.costs(space.parse(arch));
  return evaluation;
}

/// Answers until it is told to end.
void work(const HostedRun& run, const SearchSpace& space, const std::string& id,
          const std::atomic<bool>& ended) {
  const QueueKeys keys(run.access.address.name);
  Redis redis(run.access);
  while (!ended) {
    RedisReply reply;
    try {
      reply = redis.run({"XREADGROUP", "GROUP", QueueKeys::group, id, "COUNT", "1", "BLOCK", "50",
                         "STREAMS", keys.work(), ">"});
    } catch (const RedisRefusal&) {
      continue;  // it is being published
    }
    if (reply.items.empty()) continue;
    const RedisReply& entry = reply.items[0].items[1].items[0];
    const WorkItem item = WorkItem::parse(entry.items[1].items[1].text);
    WorkResult result{.run = item.run,
                      .item = item.id(),
                      .entry = entry.items[0].text,
                      .worker = id,
                      .platform = run.offer.platform.dump(),
                      .evaluations = {}};
    for (const std::string& arch : item.archs) result.evaluations.push_back(answer(space, arch));
    redis.run({"XADD", keys.results(), "NOMKSTREAM", "*", QueueKeys::field, result.text()});
  }
}

/// The course of a search through the source. @return seconds from submission to settlement, summed
double follow(SearchCourse& course, EvaluationSource& source, const RankingRule& rule) {
  struct Submitted {
    PendingEvaluation pending;
    Clock::time_point at;
  };
  std::deque<Submitted> submitted;  // by number of the class
  double waited = 0;
  for (CourseStep step = course.step(); step != CourseStep::ended; step = course.step()) {
    if (step == CourseStep::met) {
      submitted.push_back({source.submit(course.newest().representative), Clock::now()});
    } else if (step == CourseStep::blocked) {
      Submitted& oldest = submitted[course.oldest().number];
      oldest.pending.wait_while([] { return true; });
      course.settle(course.oldest(), member_scores(rule, oldest.pending.get()));
      waited += std::chrono::duration<double>(Clock::now() - oldest.at).count();
    }
  }
  return waited;
}

RunOffer offer() {
  RunOffer offer;
  offer.run = "bench";
  offer.session = "1";
  offer.coordinator = "bench";
  offer.config = offer.data = offer.platform = nlohmann::ordered_json::object();
  offer.images = {2, 3, 32, 32};
  offer.sha256 = "0";
  return offer;
}

int run(const std::string& url, std::int64_t items, int workers) {
  const auto space = make_space({.name = "nats_sss"}, {{3, 32, 32}, 10});
  const RankingRule rule = RankingRule::parse("+wrcor");
  HostedRun hosted;
  hosted.access = {QueueAddress::parse_named(url), queue_password("")};
  hosted.offer = offer();
  hosted.images = "images";
  hosted.proxies = {proxy};
  hosted.format = [&](const Genotype& genotype) { return space->format(genotype); };
  hosted.costs = [&](const Genotype& genotype) { return space->costs(genotype); };
  const std::filesystem::path file = "wrcor_queue.jsonl";
  std::filesystem::remove(file);
  Journal journal = Journal::create(file);
  journal.write_header({{"schema_version", 4}});
  constexpr int in_flight = 8192;
  SearchSpec spec;
  spec.strategy = "random";
  spec.budget = items;
  spec.options.dedupe = Dedupe::exact;  // as many items as proposals
  SearchCourse course(spec, *space, rule, in_flight);
  std::atomic<bool> ended{false};
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  double waited = 0;
  {
    const EvaluationHooks hooks{
        {}, [&](const std::vector<Genotype>& genotypes, const std::vector<Evaluation>& found) {
          std::vector<std::string> archs;
          for (const Genotype& genotype : genotypes) archs.push_back(space->format(genotype));
          journal.append_all(archs, found, 0);
        }};
    RemoteEvaluations source(hosted, {}, hooks);
    for (int number = 0; number < workers; ++number) {
      threads.emplace_back(
          [&, id = "bench:" + std::to_string(number)] { work(hosted, *space, id, ended); });
    }
    waited = follow(course, source, rule);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  ended = true;
  for (std::thread& thread : threads) thread.join();
  end_hosted_run(hosted);
  std::filesystem::remove(file);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto classes = static_cast<double>(course.classes().size());
  std::printf("items %.0f, items a second %.0f, ms in flight %.1f, MiB %ld\n", classes,
              classes / seconds, 1e3 * waited / classes, usage.ru_maxrss / 1024);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw wrcor::UsageError("expected URL [ITEMS [WORKERS]]");
    return run(argv[1], argc > 2 ? std::stoll(argv[2]) : 30'000, argc > 3 ? std::stoi(argv[3]) : 4);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wrcor_queue: %s\n", error.what());
    return 1;
  }
}
