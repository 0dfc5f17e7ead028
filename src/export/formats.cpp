#include "wrcor/export/formats.h"

#include "contents.h"

namespace wrcor {
namespace {

Registry<ExportFormat> builtin_formats() {
  Registry<ExportFormat> formats("export format", "export formats");
  formats.add("torchscript", "the network with its weights, for torch.jit.load in Python and C++",
              {.content = torchscript_module});
  formats.add("weights", "a dictionary name -> tensor, for torch.load", {.content = weights_file});
  formats.add("python", "source of the network, which needs PyTorch only and loads the weights",
              {.is_source = true, .content = python_module});
  return formats;
}

}  // namespace

const Registry<ExportFormat>& export_formats() {
  static const Registry<ExportFormat> formats = builtin_formats();
  return formats;
}

}  // namespace wrcor
