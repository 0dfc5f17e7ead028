#include <spdlog/spdlog.h>

#include <charconv>
#include <iostream>
#include <memory>
#include <set>

#include "commands.h"
#include "options.h"
#include "output.h"
#include "wrcor/core/error.h"
#include "wrcor/core/file.h"
#include "wrcor/core/random.h"
#include "wrcor/core/suggest.h"
#include "wrcor/report/download_progress.h"
#include "wrcor/report/plan_report.h"
#include "wrcor/report/progress.h"
#include "wrcor/report/score_file.h"
#include "wrcor/report/score_report.h"
#include "wrcor/run/config_loader.h"
#include "wrcor/run/interrupt.h"
#include "wrcor/run/proxy_choice.h"
#include "wrcor/run/score_run.h"
#include "wrcor/run/settings.h"

namespace wrcor::cli {
namespace {

struct ScoreOptions {
  ConfigSources sources;
  std::vector<std::string> architectures;
  std::string architecture_file;
  bool all = false;
  bool unique = false;
  std::string weights;
  std::string shard;
  std::string format = "jsonl";
  bool format_given = false;
  bool explain = false;
  std::string out;
};

std::string read_list(const std::string& file) {
  if (file != "-") return read_file(file);
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

/// Architectures of a file, one a line; blank lines and lines that start with # are skipped.
void add_from_file(const SearchSpace& space, const std::string& file,
                   std::vector<Genotype>& architectures) {
  const std::string text = read_list(file);
  std::size_t start = 0;
  for (int number = 1; start < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = std::string_view(text).substr(start, end - start);
    start = end + 1;
    if (line.find_first_not_of(" \t\r") == line.npos || line.starts_with('#')) continue;
    try {
      architectures.push_back(space.parse(line));
    } catch (const UsageError& error) {
      throw UsageError((file == "-" ? "standard input" : file) + ":" + std::to_string(number) +
                       ": " + error.what());
    }
  }
}

void add_whole_space(const SearchSpace& space, bool unique, std::vector<Genotype>& architectures) {
  if (!space.size())
    throw UsageError("the space '" + space.name() +
                     "' cannot be enumerated; name architectures instead");
  for (std::uint64_t index = 0; index < *space.size(); ++index) {
    Genotype genotype = space.at(index);
    if (!unique || space.representative(genotype, Dedupe::strict) == genotype)
      architectures.push_back(std::move(genotype));
  }
}

struct Shard {
  std::size_t number = 1;
  std::size_t count = 1;
};

Shard parse_shard(const std::string& text) {
  Shard shard;
  if (text.empty()) return shard;
  const char* end = text.data() + text.size();
  const auto [slash, first_error] = std::from_chars(text.data(), end, shard.number);
  if (first_error == std::errc() && slash != end && *slash == '/') {
    const auto [stop, second_error] = std::from_chars(slash + 1, end, shard.count);
    if (second_error == std::errc() && stop == end && shard.number >= 1 &&
        shard.number <= shard.count)
      return shard;
  }
  throw UsageError("--shard: expected I/N with 1 <= I <= N, such as 2/8, got " + in_quotes(text));
}

std::vector<Genotype> chosen_architectures(const SearchSpace& space, const ScoreOptions& options) {
  std::vector<Genotype> all;
  for (const std::string& text : options.architectures) all.push_back(space.parse(text));
  if (!options.architecture_file.empty()) add_from_file(space, options.architecture_file, all);
  if (options.all || options.unique) add_whole_space(space, options.unique, all);
  if (all.empty())
    throw UsageError(
        "no architecture to score; name some by --arch, --arch-file, --all or --unique");
  const Shard shard = parse_shard(options.shard);
  std::vector<Genotype> mine;
  for (std::size_t i = shard.number - 1; i < all.size(); i += shard.count)
    mine.push_back(std::move(all[i]));
  return mine;
}

bool names_architectures(const ScoreOptions& options) {
  return !options.architectures.empty() || !options.architecture_file.empty() || options.all ||
         options.unique;
}

/// A form with one record a line.
std::unique_ptr<ScoreLines> make_lines(const std::string& format,
                                       const std::vector<std::string>& proxies,
                                       const std::string& settings) {
  if (format == "csv") return std::make_unique<CsvScores>(proxies, settings);
  return std::make_unique<JsonLineScores>(settings);
}

void score_all(const Workbench& bench, const std::vector<Genotype>& architectures,
               const std::string& weights, const EvaluationSink& sink) {
  if (!weights.empty()) {
    sink(bench.space->format(architectures.front()),
         score_with_weights(bench, architectures.front(), weights));
    return;
  }
  Progress progress;
  score_architectures(
      bench, architectures,
      [&](const std::string& arch, const Evaluation& evaluation) {
        progress.clear();
        sink(arch, evaluation);
      },
      [&progress](const ProgressState& state) { progress.update(state); });
}

/// Prints what scoring consists of and what it costs, instead of scores.
void explain(const ScoreOptions& options, const Config& config) {
  const std::string format = options.format_given ? options.format : "table";
  if (format == "csv") throw UsageError("--explain prints a table or, with --format jsonl, JSON");
  if (!options.out.empty() || !options.weights.empty())
    throw UsageError("--explain goes with neither --out nor --weights: it prints no scores");
  if (!options.shard.empty())
    throw UsageError("--explain does not go with --shard: it takes the architectures as a whole");
  const Workbench bench = make_workbench(config, download_progress());
  std::vector<Genotype> architectures;
  if (names_architectures(options)) {
    architectures = chosen_architectures(*bench.space, options);
  } else {
    constexpr int samples = 5;
    Rng rng(derive_seed(config.run.seed, {"explain"}));
    for (int i = 0; i < samples; ++i) architectures.push_back(bench.space->sample(rng));
  }
  bench.evaluator->explain(architectures.front());  // the first evaluation pays for start-up
  std::vector<std::vector<PassCost>> costs;
  for (const Genotype& genotype : architectures)
    costs.push_back(bench.evaluator->explain(genotype));
  write_output(format == "table" ? plan_table(costs) : plan_json(costs));
}

void run_score(const ScoreOptions& options) {
  const Config config = load_config(options.sources);
  if (options.explain) {
    explain(options, config);
    return;
  }
  if (options.format == "table" && !options.out.empty()) {
    throw UsageError("--out holds one record a line: use --format jsonl or csv");
  }
  std::vector<Genotype> architectures = chosen_architectures(*make_space(config), options);
  for (const char* key : {"score.init", "score.weights_mode", "score.repeats"}) {
    if (!options.weights.empty() && options.sources.flags.contains(key)) {
      throw UsageError("--weights cannot be given together with " + find_setting(key)->flag +
                       ", which is about drawn weights");
    }
  }
  if (!options.weights.empty() && architectures.size() != 1) {
    throw UsageError("--weights needs exactly one architecture, got " +
                     std::to_string(architectures.size()));
  }
  const Workbench bench = make_workbench(config, download_progress());
  const std::vector<std::string> proxies = effective_proxies(config);
  if (options.out.empty()) {
    const bool table = options.format == "table";
    const std::unique_ptr<ScoreWriter> writer =
        table ? std::make_unique<TableScores>(proxies)
              : std::unique_ptr<ScoreWriter>(make_lines(options.format, proxies, ""));
    write_output(writer->begin());
    score_all(bench, architectures, options.weights,
              [&](const std::string& arch, const Evaluation& evaluation) {
                write_output(writer->record(arch, evaluation));
              });
    write_output(writer->end());
    return;
  }
  const std::string identity = scoring_identity(config, bench, options.weights);
  const auto lines = make_lines(options.format, proxies, identity);
  ScoreFile file(options.out, *lines, identity);
  std::set<Genotype> seen;
  std::erase_if(architectures,
                [&](const Genotype& genotype) { return !seen.insert(genotype).second; });
  const std::size_t asked = architectures.size();
  std::erase_if(architectures, [&](const Genotype& genotype) {
    return file.holds(bench.space->format(genotype));
  });
  if (architectures.size() < asked) {
    spdlog::info("'{}' holds {} of {} architectures already", options.out,
                 asked - architectures.size(), asked);
  }
  if (architectures.empty()) return;
  try {
    score_all(bench, architectures, options.weights,
              [&](const std::string& arch, const Evaluation& evaluation) {
                file.append(arch, evaluation);
              });
  } catch (const Interrupted& interrupt) {
    throw Interrupted(
        interrupt.signal(),
        std::string(interrupt.what()) + "; the same command goes on with '" + options.out + "'");
  }
}

}  // namespace

void setup_score(CLI::App& app) {
  auto options = std::make_shared<ScoreOptions>();
  CLI::App* command = app.add_subcommand("score", "score named architectures, exactly as they are");
  command
      ->add_option("--arch", options->architectures,
                   "architecture string (not an id); may be given several times")
      ->type_name("STR");
  command
      ->add_option("--arch-file", options->architecture_file,
                   "file with one architecture a line; - for standard input")
      ->type_name("FILE");
  auto* all = command->add_flag("--all", options->all, "every architecture of the space");
  command->add_flag("--unique", options->unique, "the representative of every strict class")
      ->excludes(all);
  command
      ->add_option(
          "--weights", options->weights,
          "state dict of the one architecture, written by torch.save as a plain dictionary")
      ->type_name("FILE.pt");
  command->add_flag("--explain", options->explain,
                    "print which passes serve which proxies and what each costs instead of scores; "
                    "without architectures, for five random ones");
  command->add_option("--shard", options->shard, "the I-th of N equal parts of the architectures")
      ->type_name("I/N");
  add_choice(*command, "--format", options->format, {"jsonl", "csv", "table"},
             "form of the scores");
  command
      ->add_option("--out", options->out,
                   "write to this file instead of standard output; an existing one is continued")
      ->type_name("FILE");
  options->sources.defaults["score.proxies"] = "wrcor";
  add_settings(*command,
               {"space", "data", "score.proxies", "score.counting", "score.init",
                "score.weights_mode", "score.repeats", "run"},
               options->sources);
  set_example(*command,
              "wrcor score --proxy wrcor,acor --arch "
              "'|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|"
              "skip_connect~2|'");
  set_action(*command, [options, command] {
    options->format_given = command->count("--format") > 0;
    run_score(*options);
  });
}

}  // namespace wrcor::cli
