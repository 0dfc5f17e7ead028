// Prints what the cells that its arguments name cost as networks of full size. Does without
// libtorch, and so starts at once.
#include <wrcor/core/error.h>
#include <wrcor/space/nas_bench_201.h>

#include <iostream>

int main(int argc, char** argv) {
  const wrcor::NasBench201 space{wrcor::MacroSettings{}};
  try {
    for (int i = 1; i < argc; ++i) {
      const wrcor::Costs costs = space.costs(space.parse(argv[i]));
      std::cout << costs.params << " parameters, " << costs.flops << " multiply-accumulates\n";
    }
    return 0;
  } catch (const wrcor::Error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return static_cast<int>(error.exit_code());
  }
}
