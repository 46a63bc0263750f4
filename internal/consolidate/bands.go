package consolidate

import "fmt"

// DefaultBands are the shares of the target, in percent, that bound the classes where
// the office sets no others.
var DefaultBands = []int{100, 90, 50}

// bands classes the units by the share of the target they reached. Every class is
// closed below: exactly 50 % is in the class from 50 %. Nothing is divided, so that no
// rounding moves a unit.
func bands(s *Summary, bounds []int) []Band {
	if len(bounds) == 0 {
		bounds = DefaultBands
	}
	var list []Band
	for i, bound := range bounds {
		if i == 0 {
			list = append(list, Band{Label: fmt.Sprintf("Từ %d %% trở lên", bound)})
		} else {
			list = append(list, Band{Label: fmt.Sprintf("Từ %d %% đến dưới %d %%", bound, bounds[i-1])})
		}
	}
	below := len(list)
	list = append(list, Band{Label: fmt.Sprintf("Dưới %d %%", bounds[len(bounds)-1])}, Band{Label: "Chưa kết nạp được đảng viên nào"},
		Band{Label: "Không được giao chỉ tiêu", Outside: true}, Band{Label: "Chưa có báo cáo được nhận", Outside: true})
	for _, u := range s.Units() {
		at := below
		switch l := u.Line; {
		case !l.ToDate.Known:
			at = below + 3
		case !l.Target.Known || l.Target.N <= 0:
			at = below + 2
		case l.ToDate.N == 0:
			at = below + 1
		default:
			for i, bound := range bounds {
				if l.ToDate.N*100 >= bound*l.Target.N {
					at = i
					break
				}
			}
		}
		list[at].Units = append(list[at].Units, u.Unit.Code)
	}
	return list
}
