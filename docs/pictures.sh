#!/usr/bin/env bash
# pictures.sh: makes the pictures of the guides anew, from the example. It needs LibreOffice and pdftoppm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/../examples/phu-binh-2021" "$work/w"
rm -rf "$work/w/data" "$work/w/out"
(cd "$here/.." && go build -o "$work/ketnap" ./cmd/ketnap)
"$work/ketnap" run -C "$work/w" >/dev/null
"$work/ketnap" blank -C "$work/w" --period 2021-11 --unit 05926 >/dev/null
"$work/ketnap" check-templates -C "$work/w" --copy >/dev/null

# picture FILE PAGE NAME [CROP]: a page of a workbook or document as docs/NAME.png
picture() {
	(cd "$work" && soffice -env:UserInstallation="file://$work/profile" --headless --convert-to pdf --outdir "$work/pdf" "$1" >/dev/null 2>&1)
	local pdf
	pdf="$work/pdf/$(basename "${1%.*}").pdf"
	pdftoppm -r 85 -f "$2" -l "$2" -singlefile -png ${4:-} "$pdf" "$here/$3"
}
out="$work/w/out"
picture "$out/2021-10/bao-cao-2021-10.docx" 1 huong-dan/bao-cao
picture "$out/2021-10/tong-hop-2021-10.xlsx" 1 tom-tat
picture "$out/2021-10/tong-hop-2021-10.xlsx" 4 tien-do
picture "$out/2021-10/tong-hop-2021-10.xlsx" 7 bieu-2
picture "$out/2021-11/mau-trang/05926 Đảng bộ xã Đào Xá.xlsx" 1 huong-dan/mau
picture "$work/w/templates/tong-hop.xlsx" 10 mau-chi-bo "-x 60 -y 40 -W 700 -H 300"

rm -r "$work/w/data" "$out" "$work/w/inbox/2021-10/Dao Xa T10 (sua).xlsx" # so that one is sent back
"$work/ketnap" run -C "$work/w" >/dev/null || [ $? = 1 ]
picture "$out/2021-10/phan-hoi/05926 Đảng bộ xã Đào Xá.xlsx" 1 huong-dan/phan-hoi
