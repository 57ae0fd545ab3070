// A diagnosis for people, on about a dozen lines, and for programs.
#pragma once

#include <string>

#include <vethwork/diagnose/diagnosis.hpp>

namespace vethwork::report {

enum class Detail : std::uint8_t { brief, full };

/// What goes before each namespace's name is left out of the text ("lab.").
struct WhyStyle {
    Detail detail = Detail::brief;
    std::string prefix;
};

[[nodiscard]] std::string why_text(diagnose::Diagnosis const& diagnosis, WhyStyle const& style);
/// One object on one line.
[[nodiscard]] std::string why_json(diagnose::Diagnosis const& diagnosis);

}  // namespace vethwork::report
