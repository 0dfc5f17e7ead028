// Runs over the registries: a plug-in is tested as soon as it is registered.

#include <filesystem>
#include <set>

#include "core/file.h"
#include "data/synthetic.h"
#include "eval/evaluator.h"
#include "minibatch/fit_image.h"
#include "support/catch.h"
#include "support/small_spaces.h"
#include "support/temporary_folder.h"
#include "wrcor/core/error.h"
#include "wrcor/data/builtin.h"
#include "wrcor/score/proxies.h"
#include "wrcor/score/ranking_rule.h"
#include "wrcor/search/builtin.h"
#include "wrcor/space/builtin.h"
#include "wrcor/space/nas_bench_201.h"

using namespace wrcor;
using test::all_spaces, test::small_networks, test::smallest;

namespace {

template <typename Factory>
void require_good_names(const Registry<Factory>& registry) {
  std::set<std::string> names;
  for (const auto& entry : registry.entries()) {
    INFO(entry.name);
    CHECK(entry.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
          std::string::npos);
    CHECK(names.insert(entry.name).second);
    CHECK_FALSE(entry.summary.empty());
    CHECK(entry.summary.size() <= 90);
  }
}

}  // namespace

TEST_CASE("every registered name is plain, unique and explained in a line", "[contract]") {
  require_good_names(spaces());
  require_good_names(datasets());
  require_good_names(proxies());
  require_good_names(strategies());
  require_good_names(votes());
  require_good_names(vote_methods());
}

TEST_CASE("every vote and method makes a rule that reads itself back", "[contract]") {
  const RankingNames names = registered_names();
  for (const auto& entry : votes().entries()) {
    INFO(entry.name);
    const RankingRule rule = RankingRule::parse(entry.name);
    CHECK(rule.method == entry.value.method);
    CHECK(rule.members.size() == entry.value.members.size());
    CHECK(rule.is_vote());
    CHECK(RankingRule::parse(rule.text()) == rule);
    for (const auto& proxy : names.proxies) CHECK(proxy.first != entry.name);
  }
  for (const auto& entry : vote_methods().entries()) {
    INFO(entry.name);
    const RankingRule rule = RankingRule::parse(entry.name + "(wrcor,-acor)");
    CHECK(rule.method == entry.value);
    CHECK(RankingRule::parse(rule.text()) == rule);
  }
}

TEST_CASE("every space keeps the contract of a search space", "[contract]") {
  for (const auto& entry : spaces().entries()) CHECK(smallest(entry.name)->name() == entry.name);
  for (const auto& space : all_spaces()) {
    INFO(space->name());
    Rng rng(1);
    for (int i = 0; i < 200; ++i) {
      const Genotype genotype = space->sample(rng);
      CHECK(space->valid(genotype));
      REQUIRE(genotype.size() == space->decisions().size());
      for (std::size_t d = 0; d < genotype.size(); ++d) {
        CHECK(genotype[d] >= 0);
        CHECK(genotype[d] < static_cast<int>(space->decisions()[d].values.size()));
      }
      CHECK(space->parse(space->format(genotype)) == genotype);
      if (space->size()) CHECK(space->at(space->index(genotype)) == genotype);
      const Genotype child = space->mutate(genotype, rng);
      CHECK(child != genotype);
      CHECK(space->valid(child));
      for (const Dedupe dedupe : {Dedupe::strict, Dedupe::score, Dedupe::exact}) {
        const Genotype representative = space->representative(genotype, dedupe);
        CHECK(space->representative(representative, dedupe) == representative);
      }
      CHECK(space->representative(genotype, Dedupe::exact) == genotype);
      const NetworkPlan plan = space->plan(genotype);
      CHECK(plan.params() == space->costs(genotype).params);
      CHECK(plan.flops() == space->costs(genotype).flops);
    }
  }
}

TEST_CASE("every data set keeps the contract of a data set", "[contract]") {
  // Two images of each data set that is read from files, in one folder.
  const test::TemporaryFolder root, empty;
  const std::string record(3072, '\x50');
  root.write("cifar10/data_batch_1.bin", "\x09" + record + "\x03" + record);
  root.write("cifar100/train.bin", "\x13\x63" + record + "\x02\x05" + record);
  root.write("imagenet16/imagenet16_120.bin",
             "\x77" + record.substr(0, 768) + "\x01" + record.substr(0, 768));
  const std::string image = read_file(WRCOR_SOURCE_DIR "/tests/fixtures/images/colour.png");
  for (const char* file : {"cifar10/1.png", "cifar100/1.png", "imagenet16/1.png"})
    root.write(file, image);
  const DatasetOptions options{.root = root.path().string(), .fit = fit_image};

  for (const auto& entry : datasets().entries()) {
    INFO(entry.name);
    const DatasetInfo info = entry.value.info(options);
    const auto dataset = entry.value.open(options);
    CHECK(info.name == entry.name);
    CHECK(dataset->info().name == entry.name);
    CHECK(dataset->info().classes == info.classes);
    CHECK(dataset->info().image == info.image);
    CHECK(info.image.channels == 3);
    CHECK(info.classes >= 2);
    REQUIRE(dataset->size() >= 2);

    const auto bytes = static_cast<std::size_t>(3 * info.image.height * info.image.width);
    std::vector<std::uint8_t> pixels(bytes, 1), again(bytes, 2);
    for (std::int64_t k = 0; k < std::min<std::int64_t>(dataset->size(), 5); ++k) {
      const int label = dataset->read(k, pixels);
      CHECK(label >= 0);
      CHECK(label < info.classes);
      CHECK(dataset->read(k, again) == label);
      CHECK(pixels == again);  // every byte is written
    }
    const Minibatch batch = draw_minibatch(*dataset, 2, true, 1);
    CHECK(batch.dataset == entry.name);
    CHECK(batch.images.sizes() == at::IntArrayRef{2, 3, info.image.height, info.image.width});
    CHECK(at::isfinite(batch.images).all().item<bool>());

    const DatasetOptions other{.root = options.root, .image_size = ImageSize{8, 12}};
    if (entry.name == "folder") {
      CHECK(entry.value.info(other).image == FeatureShape{3, 8, 12});
      CHECK(entry.value.open(other)->info().image == FeatureShape{3, 8, 12});
    } else {
      CHECK_THROWS_AS(entry.value.info(other), UsageError);
      CHECK_THROWS_AS(entry.value.open(other), UsageError);
    }
  }
}

TEST_CASE("every proxy gives a value or a reason for every network, and the same one twice",
          "[contract]") {
  EvaluatorOptions options;
  options.proxies = proxies().names();
  for (const auto& space : all_spaces()) {
    INFO(space->name());
    const Evaluator evaluator(*space, test::small_minibatch(*space), options, at::kCPU);
    const int count = space->name() == "nb201" ? 20 : test::reads_large_images(*space) ? 1 : 3;
    for (const Genotype& genotype : small_networks(*space, count)) {
      const Evaluation evaluation = evaluator.evaluate(genotype);
      INFO(space->format(genotype));
      CHECK(to_json(evaluation) == to_json(evaluator.evaluate(genotype)));
      for (const auto& [name, score] : evaluation.scores) {
        INFO(name);
        CHECK(score.value.has_value() == (score.status == Status::ok));
        CHECK(score.reason.empty() == (score.status == Status::ok));
        if (score.value) CHECK(std::isfinite(*score.value));
        if (!space->connected(genotype)) CHECK(score.reason == "disconnected");
      }
    }
  }
}

TEST_CASE(
    "a setting changes the scores of the proxies that name it as their variant, and no others",
    "[contract]") {
  const NasBench201 space({8, 1, 10, 32, 32});
  const Minibatch minibatch = draw_minibatch(*make_synthetic(), 12, true, 1);
  const Genotype cell = space.parse(
      "|nor_conv_3x3~0|+|nor_conv_1x1~0|nor_conv_3x3~1|+|skip_connect~0|avg_pool_3x3~1|"
      "nor_conv_3x3~2|");
  const auto evaluate = [&](Counting counting, ProxyInput input,
                            Initialisation init = Initialisation::standard) {
    EvaluatorOptions options;
    options.proxies = proxies().names();
    options.counting = counting;
    options.proxy_input = input;
    options.initialisation = init;
    return Evaluator(space, minibatch, options, at::kCPU).evaluate(cell);
  };
  const Evaluation usual = evaluate(Counting::reference, ProxyInput::published);
  const Evaluation counted = evaluate(Counting::paper, ProxyInput::published);
  const Evaluation fed = evaluate(Counting::reference, ProxyInput::images);
  const Evaluation drawn =
      evaluate(Counting::reference, ProxyInput::published, Initialisation::xavier);
  for (const auto& entry : proxies().entries()) {
    INFO(entry.name);
    const auto value = [&](const Evaluation& evaluation) {
      return evaluation.score(entry.name).order();
    };
    REQUIRE(value(usual));
    CHECK((value(counted) != value(usual)) == (entry.value.variant == ScoreVariant::counting));
    CHECK((value(fed) != value(usual)) == (entry.value.variant == ScoreVariant::input));
    if (entry.value.variant == ScoreVariant::fixed) CHECK(value(drawn) == value(usual));
  }
}

TEST_CASE("a proxy scores the same alone, in company and in any order", "[contract]") {
  const auto space = smallest("nb201");
  const Minibatch minibatch = draw_minibatch(*make_synthetic(), 6, true, 1);
  const auto evaluator = [&](std::vector<std::string> names) {
    EvaluatorOptions options;
    options.proxies = std::move(names);
    return Evaluator(*space, minibatch, options, at::kCPU);
  };
  std::vector<std::string> names = proxies().names();
  const Evaluator forward = evaluator(names);
  std::reverse(names.begin(), names.end());
  const Evaluator backward = evaluator(names);
  for (const char* arch :
       {"|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|avg_pool_3x3~1|skip_connect~2|",
        "|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|"}) {
    const Genotype genotype = space->parse(arch);
    const Evaluation all = forward.evaluate(genotype), reversed = backward.evaluate(genotype);
    for (const std::string& name : names) {
      INFO(arch << " " << name);
      const Score alone = evaluator({name}).evaluate(genotype).score(name);
      for (const Score& other : {all.score(name), reversed.score(name)}) {
        CHECK(alone.status == other.status);
        CHECK((alone.raw == other.raw || (std::isnan(alone.raw) && std::isnan(other.raw))));
      }
    }
  }
}

TEST_CASE("an identity cell is undefined for one component only", "[contract]") {
  const auto space = smallest("nb201");
  EvaluatorOptions options;
  options.proxies = {"az_trainability", "wrcor"};
  const Evaluator evaluator(*space, draw_minibatch(*make_synthetic(), 6, true, 1), options,
                            at::kCPU);
  const Evaluation evaluation =
      evaluator.evaluate(space->parse("|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"));
  CHECK(evaluation.status == Status::ok);
  CHECK(evaluation.score("az_trainability").reason == "identity_block");
  CHECK(evaluation.score("wrcor").value);
  const auto json = to_json(evaluation);
  CHECK(json.at("scores").at("az_trainability").is_null());
  CHECK(json.at("reasons").at("az_trainability") == "identity_block");
  CHECK(to_json(evaluation_from_json(json)) == json);
}

TEST_CASE("every strategy is a function of its seed and of what it is told", "[contract]") {
  const auto space = smallest("nb201");
  for (const auto& entry : strategies().entries()) {
    INFO(entry.name);
    const auto trace = [&](std::uint64_t seed, std::size_t window) {
      const auto strategy = entry.value.make(
          *space, {.values = {{"population", 8}, {"tournament", 3}, {"warm_up", 20}}}, Rng(seed));
      std::vector<Genotype> asked;
      for (std::size_t i = 0; i < 100; ++i) {
        if (i >= window)
          strategy->tell(
              {asked[i - window], static_cast<double>(space->costs(asked[i - window]).flops)});
        const auto proposal = strategy->ask();
        REQUIRE(proposal);
        asked.push_back(*proposal);
      }
      return asked;
    };
    CHECK(trace(1, 1) == trace(1, 1));
    CHECK(trace(1, 16) == trace(1, 16));
    if (entry.name != "exhaustive") CHECK(trace(1, 1) != trace(2, 1));
  }
}
