// The executable `wrcor-engine`, which runs every command.
#include "../commands.h"
#include "../program.h"
#include "wrcor/eval/device.h"

int main(int argc, char** argv) {
  using namespace wrcor::cli;
  const auto setup_list_here = [](CLI::App& command) {
    setup_list(command, wrcor::usable_devices);
  };
  return run_program(argc, argv,
                     {.setups = {{"search", setup_search},
                                 {"score", setup_score},
                                 {"evaluate", setup_evaluate},
                                 {"describe", setup_describe},
                                 {"data", setup_data},
                                 {"list", setup_list_here},
                                 {"config", setup_config},
                                 {"doctor", setup_doctor}}});
}
