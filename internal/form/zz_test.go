package form
import ("testing";"math/rand";"ketnap/config")
func TestZZ(t *testing.T){ forms,_:=Load(config.FS); r:=rand.New(rand.NewSource(5)); for i:=0;i<15000;i++{ n:=r.Intn(120); b:=make([]byte,n); for j:=range b{ switch r.Intn(12){case 0: b[j]=255; case 1: b[j]=byte(250+r.Intn(6)); case 2: b[j]=byte(101+r.Intn(5)); default: b[j]=byte(r.Intn(32))}}
 if t.Failed(){return}
 func(){ defer func(){ if p:=recover();p!=nil{ t.Fatalf("%v: %v",b,p)}}(); checkLayout(t,forms,b)}() }}
