// The executable `wrcor`, which runs commands that need no libtorch and leaves the rest to the
// engine.
#include <string>
#include <vector>

#include "../commands.h"
#include "../program.h"
#include "engine.h"

int main(int argc, char** argv) {
  using namespace wrcor::cli;
  const auto hand_over = [argv] { become_engine(argv); };
  const auto run = [&](const auto&) { hand_over(); };
  const auto layer_parts = [&](const auto&...) -> std::vector<wrcor::ResponsePart> {
    become_engine(argv);
  };
  const auto devices = [&]() -> std::vector<std::string> {
    if (may_have_cuda()) hand_over();
    return {"cpu"};
  };
  return run_program(
      argc, argv,
      {.setups = {{"search", [&](auto& command) { setup_search(command, run); }},
                  {"score", [&](auto& command) { setup_score(command, run); }},
                  {"ask", setup_ask},
                  {"tell", setup_tell},
                  {"evaluate", setup_evaluate},
                  {"compare", setup_compare},
                  {"merge", setup_merge},
                  {"report", setup_report},
                  {"describe", [&](auto& command) { setup_describe(command, layer_parts); }},
                  {"export", [&](auto& command) { setup_export(command, run); }},
                  {"train", [&](auto& command) { setup_train(command, run); }},
                  {"data", [&](auto& command) { setup_data(command, run, run); }},
                  {"worker", [&](auto& command) { setup_worker(command, run); }},
                  {"queue", setup_queue},
                  {"list", [&](auto& command) { setup_list(command, devices); }},
                  {"config", setup_config},
                  {"doctor", [&](auto& command) { setup_doctor(command, run); }},
                  {"completion", setup_completion}},
       .of_engine = {"search", "score", "export", "train", "data", "worker", "doctor"},
       .hand_over = hand_over});
}
