#pragma once

// Files of a folder that a model hub takes as it is.
namespace wrcor::model_folder {

inline constexpr const char* weights = "model.safetensors";
inline constexpr const char* configuration = "config.json";
inline constexpr const char* card = "README.md";
inline constexpr const char* source = "network.py";
inline constexpr const char* all[] = {weights, configuration, card, source};

}  // namespace wrcor::model_folder
