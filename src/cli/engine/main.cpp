// The executable `wrcor-engine`, which runs every command.
#include "../commands.h"
#include "../program.h"
#include "wrcor/eval/device.h"
#include "wrcor/eval/out_of_memory.h"
#include "wrcor/report/download_progress.h"
#include "wrcor/run/workbench.h"

int main(int argc, char** argv) {
  using namespace wrcor::cli;
  const auto setup_list_here = [](CLI::App& command) {
    setup_list(command, wrcor::usable_devices);
  };
  const auto setup_describe_here = [](CLI::App& command) {
    setup_describe(command, [](const wrcor::Config& config, const wrcor::Genotype& genotype) {
      return wrcor::make_workbench(config, wrcor::download_progress())
          .evaluator->response_parts(genotype);
    });
  };
  return run_program(argc, argv,
                     {.setups = {{"search", setup_search},
                                 {"score", setup_score},
                                 {"evaluate", setup_evaluate},
                                 {"report", setup_report},
                                 {"describe", setup_describe_here},
                                 {"export", setup_export},
                                 {"train", setup_train},
                                 {"data", setup_data},
                                 {"list", setup_list_here},
                                 {"config", setup_config},
                                 {"doctor", setup_doctor},
                                 {"completion", setup_completion}},
                      .is_out_of_memory = [](const std::exception& error) {
                        return wrcor::as_out_of_memory(error).has_value();
                      }});
}
