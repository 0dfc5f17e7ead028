// Ranks the cells of NAS-Bench-201 that its arguments name, best first, without training them.
#include <wrcor/config/run_spec.h>
#include <wrcor/core/error.h>
#include <wrcor/core/log.h>
#include <wrcor/run/score_run.h>
#include <wrcor/run/workbench.h>
#include <wrcor/score/ranking.h>

#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

void rank_cells(const std::vector<std::string>& texts) {
  wrcor::Config config;
  config.score.proxies = {"wrcor", "synflow", "naswot"};
  config.space.options["channels"] = 4;  // small networks, for speed: the default is 16 channels,
  config.space.options["cells"] = 1;     // and 5 cells a stage
  // Draws one minibatch of synthetic images and the weights that all networks share.
  const wrcor::Workbench bench = wrcor::make_workbench(wrcor::resolve(config));

  std::vector<wrcor::Genotype> cells;
  for (const std::string& text : texts) cells.push_back(bench.space->parse(text));

  std::vector<wrcor::Ranked> ranking;
  wrcor::score_architectures(
      bench, cells,
      [&](const std::string& arch, const wrcor::Evaluation& evaluation) {
        ranking.push_back({.arch = arch,
                           .canonical = arch,
                           .evaluation = evaluation,
                           .first_seen = static_cast<std::int64_t>(ranking.size())});
      },
      {});

  // The vote of the three, as --rank-by of the program takes it.
  wrcor::rank(ranking, wrcor::RankingRule::parse("az(wrcor,synflow,naswot)"));
  for (const wrcor::Ranked& entry : ranking) {
    const wrcor::Score score = entry.evaluation.unpacked().score("wrcor");
    std::cout << entry.arch << "  wrcor: ";
    if (score.value) {
      std::cout << *score.value << '\n';
    } else {
      std::cout << "none (" << score.reason << ")\n";
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  wrcor::configure_logging(wrcor::Verbosity::quiet, std::nullopt);  // messages go to standard error
  try {
    rank_cells({argv + 1, argv + argc});
    return 0;
  } catch (const wrcor::Error& error) {  // says what was given, what was expected and what to do
    std::cerr << "error: " << error.what() << '\n';
    return static_cast<int>(error.exit_code());
  }
}
