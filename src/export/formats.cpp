#include "export/formats.h"

#include "export/folder_names.h"
#include "internal/contents.h"

namespace wrcor {
namespace {

Registry<ExportFormat> builtin_formats() {
  constexpr ExportFormat torchscript{.content = torchscript_module};
  constexpr ExportFormat weights{.content = weights_file};
  constexpr ExportFormat safetensors{.content = safetensors_file,
                                     .companions = model_folder_files,
                                     .name_in_folder = model_folder::weights};
  constexpr ExportFormat onnx{.content = onnx_model};
  constexpr ExportFormat python{.is_source = true, .content = python_module};
  Registry<ExportFormat> formats("export format", "export formats");
#define WRCOR_EXPORT_FORMAT(name, summary) formats.add(#name, summary, name);
#include "export/formats.inc"
#undef WRCOR_EXPORT_FORMAT
  return formats;
}

}  // namespace

const Registry<ExportFormat>& export_formats() {
  static const Registry<ExportFormat> formats = builtin_formats();
  return formats;
}

}  // namespace wrcor
