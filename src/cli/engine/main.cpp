// The executable `wrcor-engine`, which runs every command.
#include "../commands.h"
#include "../program.h"
#include "core/out_of_memory.h"
#include "eval/device.h"
#include "eval/evaluator.h"
#include "report/download_progress.h"
#include "runs.h"
#include "wrcor/run/workbench.h"

int main(int argc, char** argv) {
  using namespace wrcor::cli;
  const auto layer_parts = [](const wrcor::Config& config, const wrcor::Genotype& genotype) {
    return wrcor::make_workbench(wrcor::resolve_for_images(config), wrcor::download_progress())
        .evaluator->response_parts(genotype);
  };
  return run_program(
      argc, argv,
      {.setups = {{"search", [](auto& command) { setup_search(command, run_search_command); }},
                  {"score", [](auto& command) { setup_score(command, run_score); }},
                  {"ask", setup_ask},
                  {"tell", setup_tell},
                  {"evaluate", setup_evaluate},
                  {"compare", setup_compare},
                  {"merge", setup_merge},
                  {"report", setup_report},
                  {"describe", [&](auto& command) { setup_describe(command, layer_parts); }},
                  {"export", [](auto& command) { setup_export(command, run_export); }},
                  {"train", [](auto& command) { setup_train(command, run_train); }},
                  {"data",
                   [](auto& command) { setup_data(command, run_data_fetch, run_data_info); }},
                  {"worker", [](auto& command) { setup_worker(command, run_worker_command); }},
                  {"queue", setup_queue},
                  {"list", [](auto& command) { setup_list(command, wrcor::usable_devices); }},
                  {"config", setup_config},
                  {"doctor", [](auto& command) { setup_doctor(command, run_doctor); }},
                  {"completion", setup_completion}},
       .is_out_of_memory = [](const std::exception& error) {
         return wrcor::as_out_of_memory(error).has_value();
       }});
}
