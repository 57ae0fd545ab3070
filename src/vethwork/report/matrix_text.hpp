// Who reaches whom as a table, and what is wrong, each thing once.
#pragma once

#include <string>

#include <vethwork/diagnose/matrix.hpp>

namespace vethwork::report {

struct MatrixStyle {
    std::string prefix;       ///< is left out before each namespace's name ("lab.")
    std::size_t width = 120;  ///< where words make the table wider, cells have numbers instead
};

[[nodiscard]] std::string matrix_text(diagnose::Matrix const& matrix, MatrixStyle const& style);
/// One object on one line.
[[nodiscard]] std::string matrix_json(diagnose::Matrix const& matrix);

}  // namespace vethwork::report
