#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/out_of_memory.h"
#include "core/worker_pool.h"
#include "data/synthetic.h"
#include "eval/device.h"
#include "eval/evaluator.h"
#include "eval/memory_gate.h"
#include "eval/memory_meter.h"
#include "support/catch.h"
#include "support/scarce_memory.h"
#include "wrcor/score/proxies.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;

namespace {

const char* const heavy =
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_1x1~1|avg_pool_3x3~"
    "2|";

const char* const residual =
    "|skip_connect~0|+|none~0|nor_conv_3x3~1|+|avg_pool_3x3~0|none~1|skip_connect~2|";
const char* const dead_cell = "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|";

struct MemoryFixture {
  NasBench201 space{MacroSettings{4, 2, 10, 32, 32}};
  Minibatch minibatch = draw_minibatch(*make_synthetic(), 8, true, 1);

  std::unique_ptr<Evaluator> evaluator(const std::vector<std::string>& proxies,
                                       std::optional<std::int64_t> bound = std::nullopt) const {
    EvaluatorOptions options;
    options.proxies = proxies;
    options.memory_bound = bound;
    return std::make_unique<Evaluator>(space, minibatch, options, at::kCPU);
  }
};

std::string text_of(const Evaluation& evaluation) { return to_json(evaluation).dump(); }

constexpr std::chrono::milliseconds moment(20);

template <typename Predicate>
void wait_until(Predicate holds) {
  while (!holds()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

TEST_CASE("messages about memory are told from others, and the size is read", "[eval][memory]") {
  const auto wanted = [](const std::string& text) {
    const auto found = as_out_of_memory(std::runtime_error(text));
    REQUIRE(found);
    return found->wanted_bytes;
  };
  CHECK(
      wanted("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you "
             "tried to allocate 4294967296 bytes. Error code 12 (Cannot allocate memory)") ==
      4294967296);
  CHECK(wanted("CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 15.78 GiB total capacity; "
               "1.13 GiB already allocated)") == 2147483648);
  CHECK(wanted("CUDA out of memory. Tried to allocate 20.50 MiB. GPU 0 has a total capacity of") ==
        21495808);
  CHECK(wanted("CUDA out of memory. Tried to allocate 512 bytes (GPU 0;") == 512);
  CHECK_FALSE(wanted("CUDNN_STATUS_ALLOC_FAILED"));
  CHECK(as_out_of_memory(std::bad_alloc()));
  CHECK_FALSE(as_out_of_memory(std::runtime_error("expected a 4D tensor, got 3D")));
}

TEST_CASE("who is alone in the gate stays alone, and who asks later enters later",
          "[eval][memory]") {
  MemoryGate gate;
  std::atomic<bool> leave{false}, alone_asks{false}, alone_done{false};
  std::atomic<int> inside{0};
  const auto stay = [&] {
    const auto place = gate.enter();
    ++inside;
    wait_until([&] { return leave.load(); });
    --inside;
  };
  std::thread first(stay), second(stay);
  wait_until([&] { return inside == 2; });
  std::thread alone([&] {
    alone_asks = true;
    const auto place = gate.enter_alone();
    CHECK(inside == 0);
    std::this_thread::sleep_for(moment);
    CHECK(inside == 0);
    alone_done = true;
  });
  wait_until([&] { return alone_asks.load(); });
  std::this_thread::sleep_for(moment);
  std::thread later([&] {
    const auto place = gate.enter();  // there would be room besides the first two
    CHECK(alone_done);
    ++inside;
    --inside;
  });
  std::this_thread::sleep_for(moment);
  leave = true;
  for (std::thread* thread : {&first, &second, &alone, &later}) thread->join();
}

TEST_CASE("a gate narrows step by step from the most that were inside to one", "[eval][memory]") {
  MemoryGate gate;
  const auto take_three = [&] {
    std::atomic<int> inside{0}, most{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        const auto place = gate.enter();
        const int now = ++inside;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::sleep_for(moment);
        --inside;
      });
    }
    for (std::thread& thread : threads) thread.join();
    return most.load();
  };
  { const auto a = gate.enter(), b = gate.enter(), c = gate.enter(); }
  CHECK(gate.narrow() == 2);
  CHECK(take_three() <= 2);
  CHECK(gate.narrow() == 1);
  CHECK(take_three() == 1);
  CHECK_FALSE(gate.narrow());
  CHECK(take_three() == 1);
}

TEST_CASE("an evaluation that is refused memory in company is repeated alone with the same scores",
          "[eval][memory][threads]") {
  const MemoryFixture f;
  Rng rng(5);
  std::vector<Genotype> genotypes{f.space.parse(heavy)};
  while (genotypes.size() < 24) genotypes.push_back(f.space.sample(rng));
  const auto evaluator = f.evaluator({"wrcor", "naswot", "snip"});
  const auto run = [&](int workers) {
    WorkerPool pool(workers, [] { configure_thread(1); });
    std::vector<std::future<Evaluation>> pending;
    for (const Genotype& genotype : genotypes)
      pending.push_back(pool.submit([&] { return evaluator->evaluate(genotype); }));
    std::string text;
    for (auto& evaluation : pending) text += text_of(evaluation.get()) + "\n";
    return text;
  };
  const std::string expected = run(1);
  ScarceMemory memory;
  run(1);
  // The repetition of one ends before the next one starts.
  const std::int64_t distance = memory.requests() / 8;
  memory.refuse_after(std::vector<std::int64_t>(4, distance));
  CHECK(run(4) == expected);
  CHECK(memory.refused() == 4);
}

TEST_CASE("recomputed activations give every score to the last bit", "[eval][memory]") {
  const MemoryFixture f;
  const auto evaluator = f.evaluator(proxies().names());
  for (const char* arch : {heavy, residual, dead_cell}) {
    const Genotype genotype = f.space.parse(arch);
    const std::string expected = text_of(evaluator->evaluate(genotype));
    ScarceMemory memory;
    memory.refuse_after({100, 100});  // concurrently, alone; the next attempt recomputes
    CHECK(text_of(evaluator->evaluate(genotype)) == expected);
    CHECK(memory.refused() == 2);
  }
}

TEST_CASE("a network that does not fit at once fits with its activations recomputed",
          "[eval][memory]") {
  const MemoryFixture f;
  const auto evaluator = f.evaluator({"wrcor", "snip", "az_trainability"});
  const Genotype genotype = f.space.parse(heavy);
  const std::string expected = text_of(evaluator->evaluate(genotype));
  const auto peak = [&](const std::vector<std::int64_t>& refused) {
    ScarceMemory memory;
    memory.refuse_after(refused);
    CHECK(text_of(evaluator->evaluate(genotype)) == expected);
    return memory.peak();
  };
  const std::int64_t unlimited = peak({}), recomputed = peak({100, 100});
  INFO(recomputed << " bytes where " << unlimited << " are taken at once");
  REQUIRE(recomputed * 5 < unlimited * 4);
  ScarceMemory memory;
  memory.limit((unlimited + recomputed) / 2);
  CHECK(text_of(evaluator->evaluate(genotype)) == expected);
  CHECK(memory.refused() == 2);
}

TEST_CASE("what does not fit has failed with the bytes that it wanted, and the next one runs",
          "[eval][memory]") {
  const MemoryFixture f;
  const auto evaluator = f.evaluator({"wrcor", "snip"});
  const Genotype genotype = f.space.parse(heavy);
  const std::string expected = text_of(evaluator->evaluate(genotype));
  ScarceMemory memory;
  memory.limit(200'000);
  const Evaluation evaluation = evaluator->evaluate(genotype);
  CHECK(evaluation.status == Status::failed);
  CHECK(evaluation.reason == "out_of_memory");
  CHECK(evaluation.score("snip").status == Status::failed);
  // The output of the stem: 8 images, 4 channels, 32 by 32, float32.
  CHECK(evaluation.wanted_bytes == 8 * 4 * 32 * 32 * 4);
  const std::string text = text_of(evaluation);
  CHECK(text.find("\"wanted_bytes\":131072") != std::string::npos);
  CHECK(text_of(evaluation_from_json(nlohmann::ordered_json::parse(text))) == text);
  memory.limit(std::numeric_limits<std::int64_t>::max());
  CHECK(text_of(evaluator->evaluate(genotype)) == expected);
}

TEST_CASE("an evaluation stays within its bound, with the same scores or with none",
          "[eval][memory]") {
  count_tensor_memory();
  const MemoryFixture f;
  const std::vector<std::string> scores{"wrcor", "snip"};
  const Genotype genotype = f.space.parse(heavy);
  const auto unbounded = f.evaluator(scores);
  const std::string expected = text_of(unbounded->evaluate(genotype));
  const std::int64_t enough = unbounded->peak_memory();
  CHECK(enough > 1'000'000);

  const std::int64_t tight = enough * 2 / 3;
  const auto bounded = f.evaluator(scores, tight);
  CHECK(text_of(bounded->evaluate(genotype)) == expected);
  CHECK(bounded->peak_memory() <= tight);

  const auto too_tight = f.evaluator(scores, 200'000);
  const Evaluation failed = too_tight->evaluate(genotype);
  CHECK(failed.status == Status::failed);
  CHECK(failed.reason == "out_of_memory");
  CHECK(too_tight->peak_memory() <= 200'000);
}

TEST_CASE("a batch has the scores of its networks, also when it is too large for the memory",
          "[eval][memory][batch]") {
  count_tensor_memory();
  const MemoryFixture f;
  Rng rng(12);
  std::vector<Genotype> genotypes{f.space.parse(heavy), f.space.parse(dead_cell)};
  while (genotypes.size() < 9) genotypes.push_back(f.space.sample(rng));
  const auto alone = f.evaluator({"wrcor", "acor", "params"});
  REQUIRE(alone->batches());
  const auto compare = [&](const Evaluator& evaluator) {
    const std::vector<Evaluation> together = evaluator.evaluate_batch(genotypes);
    REQUIRE(together.size() == genotypes.size());
    for (std::size_t i = 0; i < genotypes.size(); ++i) {
      INFO(f.space.format(genotypes[i]));
      const Evaluation expected = alone->evaluate(genotypes[i]);
      CHECK(together[i].status == expected.status);
      CHECK(together[i].reason == expected.reason);
      CHECK(together[i].costs.params == expected.costs.params);
      for (const auto& [name, score] : expected.scores) {
        CHECK(together[i].score(name).status == score.status);
        CHECK(together[i].score(name).raw == Approx(score.raw).epsilon(1e-5));
      }
    }
  };
  const auto batched = f.evaluator({"wrcor", "acor", "params"});
  compare(*batched);
  CHECK(batched->peak_memory() > 3 * alone->peak_memory());
  const std::int64_t two_networks = alone->peak_memory() * 5 / 2;
  const auto bounded = f.evaluator({"wrcor", "acor", "params"}, two_networks);
  compare(*bounded);
  CHECK(bounded->peak_memory() <= two_networks);
}

TEST_CASE("proxies with passes of their own are evaluated one by one", "[eval][batch]") {
  const MemoryFixture f;
  const auto evaluator = f.evaluator({"wrcor", "grasp"});
  CHECK_FALSE(evaluator->batches());
  const std::vector<Genotype> genotypes{f.space.parse(heavy), f.space.parse(residual)};
  const std::vector<Evaluation> evaluations = evaluator->evaluate_batch(genotypes);
  REQUIRE(evaluations.size() == 2);
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(text_of(evaluations[i]) == text_of(evaluator->evaluate(genotypes[i])));
}

TEST_CASE("any other error fails one evaluation, with its message as the reason", "[eval]") {
  struct Broken final : WeightSource {
    at::Tensor get(const Parameter&) const override { return at::ones({1}); }
  };
  const MemoryFixture f;
  const auto evaluator = f.evaluator({"wrcor"});
  const Evaluation evaluation = evaluator->evaluate(f.space.parse(heavy), Broken());
  CHECK(evaluation.status == Status::failed);
  CHECK(evaluation.reason != "out_of_memory");
  CHECK_FALSE(evaluation.reason.empty());
  CHECK(evaluation.reason.find('\n') == std::string::npos);
  CHECK_FALSE(evaluation.wanted_bytes);
  CHECK(evaluation.score("wrcor").status == Status::failed);
}
