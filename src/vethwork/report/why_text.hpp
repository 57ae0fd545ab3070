// A diagnosis for people, on about a dozen lines, and for programs.
#pragma once

#include <string>

#include <vethwork/diagnose/diagnosis.hpp>

namespace vethwork::report {

class JsonWriter;

enum class Detail : std::uint8_t { brief, full };

/// What goes before each namespace's name is left out of the text ("lab.").
struct WhyStyle {
    Detail detail = Detail::brief;
    std::string prefix;
};

[[nodiscard]] std::string why_text(diagnose::Diagnosis const& diagnosis, WhyStyle const& style);
/// One object on one line.
[[nodiscard]] std::string why_json(diagnose::Diagnosis const& diagnosis);

/// The same as a value of a greater whole.
void write_diagnosis(JsonWriter& json, diagnose::Diagnosis const& diagnosis);
/// The member "flow" of an object: who asked whom, and how.
void write_flow(JsonWriter& json, diagnose::Flow const& flow, std::string const& to);

}  // namespace vethwork::report
