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
  const auto devices = [&]() -> std::vector<std::string> {
    if (may_have_cuda()) hand_over();
    return {"cpu"};
  };
  const auto setup_list_here = [&](CLI::App& command) { setup_list(command, devices); };
  const auto setup_describe_here = [&](CLI::App& command) {
    setup_describe(command, [&](const auto&...) -> std::vector<wrcor::ResponsePart> {
      hand_over();
      return {};
    });
  };
  return run_program(argc, argv,
                     {.setups = {{"describe", setup_describe_here}, {"list", setup_list_here}},
                      .hand_over = hand_over});
}
